import Testing
import WarrenSupport

@Suite("CRC-32C")
struct CRC32CTests {
    @Test("The checksum gives the values that RFC 3720 publishes")
    func knownValues() {
        #expect(CRC32C([]).value == 0)
        #expect(CRC32C(Array("123456789".utf8)).value == 0xE306_9283)
        #expect(CRC32C(Array(repeating: 0, count: 32)).value == 0x8A91_36AA)
        #expect(CRC32C(Array(repeating: 0xFF, count: 32)).value == 0x62A8_AB43)
        #expect(CRC32C(Array(0..<32)).value == 0x46DD_794E)
        #expect(CRC32C(Array((0..<32).reversed())).value == 0x113F_DB5C)
        // A SCSI read command of iSCSI.
        var command: [UInt8] = Array(repeating: 0, count: 48)
        for (place, byte): (Int, UInt8) in [
            (0, 0x01), (1, 0xC0), (16, 0x14), (22, 0x04), (27, 0x14), (31, 0x18), (32, 0x28), (40, 0x02),
        ] {
            command[place] = byte
        }
        #expect(CRC32C(command).value == 0xD996_3A56)
    }

    @Test("Parts of any length give the checksum of the whole")
    func parts() {
        let bytes = (0..<100).map { UInt8($0 &* 7 & 0xFF) }
        // Bit by bit, as the definition has it.
        var expected: UInt32 = .max
        for byte in bytes {
            expected ^= UInt32(byte)
            for _ in 0..<8 { expected = expected & 1 == 0 ? expected >> 1 : expected >> 1 ^ 0x82F6_3B78 }
        }
        for length in 0...bytes.count {
            var checksum = CRC32C()
            for part in [bytes[..<length], bytes[length...]] { part.withUnsafeBytes { checksum.add($0) } }
            #expect(checksum.value == ~expected, "\(length)")
        }
    }
}
