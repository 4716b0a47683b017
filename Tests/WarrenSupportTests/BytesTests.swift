import Testing
import WarrenSupport

@Suite("Numbers and texts as bytes")
struct BytesTests {
    @Test("What was written is read, and every shorter text is refused")
    func roundTrip() throws {
        var writer = ByteWriter()
        writer.byte(7)
        for number: UInt64 in [0, 127, 128, 300, .max] { writer.number(number) }
        for number: Int64 in [0, -1, 63, -64, 64, .min, .max] { writer.signed(number) }
        writer.text("é!")
        writer.data([1, 2, 3])
        let bytes = writer.bytes
        #expect(try Self.read(bytes))
        for length in 0..<bytes.count {
            #expect(throws: ByteProblem.self, "\(length)") { try Self.read(Array(bytes[..<length])) }
        }
    }

    private static func read(_ bytes: [UInt8]) throws -> Bool {
        try bytes.withUnsafeBufferPointer { buffer in
            var reader = ByteReader(buffer)
            let first = try reader.byte()
            #expect(first == 7)
            for number: UInt64 in [0, 127, 128, 300, .max] {
                let found = try reader.number()
                #expect(found == number)
            }
            for number: Int64 in [0, -1, 63, -64, 64, .min, .max] {
                let found = try reader.signed()
                #expect(found == number)
            }
            let text = try reader.text()
            let data = try reader.data()
            return text == "é!" && data == [1, 2, 3] && reader.isAtEnd
        }
    }

    @Test("Numbers beyond 64 bits, lengths beyond the end and texts that are no UTF-8 are refused")
    func damage() {
        func kind(_ bytes: [UInt8], _ read: (inout ByteReader) throws -> Void) -> ByteProblem.Kind? {
            bytes.withUnsafeBufferPointer { buffer in
                var reader = ByteReader(buffer)
                do {
                    try read(&reader)
                    return nil
                } catch {
                    return (error as? ByteProblem)?.kind
                }
            }
        }
        #expect(kind(Array(repeating: 0xFF, count: 9) + [2]) { _ = try $0.number() } == .numberTooLarge)
        #expect(kind(Array(repeating: 0xFF, count: 9) + [0x80]) { _ = try $0.number() } == .numberTooLarge)
        #expect(kind([200, 1, 0]) { _ = try $0.data() } == .lengthBeyondEnd)
        #expect(kind([1, 0xFF]) { _ = try $0.text() } == .textNotUTF8)
        #expect(kind([0x80]) { _ = try $0.signed() } == .endsEarly)
    }

    @Test("A number of a fixed size is read as it was written, the lowest byte first")
    func fixed() throws {
        var writer = ByteWriter()
        writer.fixed(0x0102 as UInt16)
        writer.fixed(UInt32.max)
        writer.fixed(0x1122_3344_5566_7788 as UInt64)
        writer.fixed(UInt128.max - 1)
        writer.raw([7, 8, 9])
        #expect(writer.bytes.prefix(2) == [2, 1])
        try writer.bytes.withUnsafeBufferPointer { buffer in
            var reader = ByteReader(buffer)
            let (first, second) = (try reader.fixed(UInt16.self), try reader.fixed(UInt32.self))
            let (third, fourth) = (try reader.fixed(UInt64.self), try reader.fixed(UInt128.self))
            #expect(first == 0x0102 && second == .max && third == 0x1122_3344_5566_7788 && fourth == .max - 1)
            #expect(Array(reader.unread(from: 1, to: 2)) == [8] && Array(reader.unread(from: 2, to: 99)) == [9])
            #expect(reader.unread(from: 5, to: 2).isEmpty && reader.unread(from: -3, to: -1).isEmpty)
            #expect(throws: ByteProblem.self) { _ = try reader.fixed(UInt32.self) }
            let rest = reader.rest()
            #expect(rest == [7, 8, 9] && reader.isAtEnd)
            let nothing = reader.rest()
            #expect(nothing.isEmpty)
        }
    }
}
