import Testing

@testable import WarrenStorage

@Suite("Checksums that are stored")
struct ChecksumTests {
    @Test("Checksums keep the values that earlier versions stored")
    func known() {
        #expect(Checksum.of(Array(0..<19), seed: [3, -1]) == -4_888_914_989_418_371_249)
        #expect(Checksum.of(Array(0..<19), seed: 3, -1, 7) == Checksum.of(Array(0..<19), seed: [3, -1, 7]))
        #expect(Checksum.of(Array(0..<19), seed: 3) == Checksum.of(Array(0..<19), seed: [3]))
        var row = RowChecksum()
        row.add(-2)
        row.add(nil as Int64?)
        row.add("instance-1")
        row.add(Array(0..<9) as [UInt8])
        #expect(row.value == -6_347_730_438_677_495_239)
    }
}
