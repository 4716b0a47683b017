import Testing

@testable import WarrenMessaging

@Suite struct WireIDTests {
    @Test func `IDs by name are those that Python computes`() {
        // str(uuid.uuid5(uuid.NAMESPACE_URL, "warren:shop/Billing/m-1"))
        #expect(WireID.named("warren:shop/Billing/m-1") == "b0b68699-03aa-5372-8ea6-6ad289bd3cd3")
    }

    @Test func `random ones differ, and name instances`() {
        #expect(WireID.random() != WireID.random())
        #expect(WireRules.isInstanceID(WireID.random()))
    }
}
