import Testing

@testable import WarrenMessaging

@Suite("Hashes that are stored")
struct StableHashTests {
    @Test("A hash of fields keeps the value that earlier versions stored")
    func known() {
        var hash = StableHash()
        hash.add("start")
        hash.add(nil as String?)
        hash.add([1, 2, 255])
        hash.add(-7)
        hash.add(nil as Int64?)
        hash.add("é!")
        #expect(hash.result == -6_472_200_608_290_250_061)
    }
}
