import Testing
import WarrenSupport

@Suite("Hashes")
struct HashingTests {
    @Test("FNV-1a gives the values that its authors publish")
    func knownValues() {
        #expect(FNV1a32.hash("".utf8) == 0x811c_9dc5)
        #expect(FNV1a32.hash("a".utf8) == 0xe40c_292c)
        #expect(FNV1a32.hash("foobar".utf8) == 0xbf9c_f968)
        #expect(FNV1a64("").value == 0xcbf2_9ce4_8422_2325)
        #expect(FNV1a64("a").value == 0xaf63_dc4c_8601_ec8c)
        #expect(FNV1a64("foobar").value == 0x8594_4171_f739_67e8)
    }

    @Test("Parts give the hash of the whole, and a number counts as its bytes, the lowest first")
    func parts() {
        var parts = FNV1a64("foo")
        parts.add(UInt8(ascii: "b"))
        parts.add("ar")
        #expect(parts.value == FNV1a64("foobar").value)
        var number = FNV1a64()
        number.add(0x2A01 as UInt64)
        var bytes = FNV1a64()
        for byte: UInt8 in [1, 0x2A, 0, 0, 0, 0, 0, 0] { bytes.add(byte) }
        #expect(number.value == bytes.value)
    }
}
