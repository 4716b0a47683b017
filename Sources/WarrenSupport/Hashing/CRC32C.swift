/// The checksum CRC-32C (Castagnoli), which detects damaged bytes. It does not protect against forgery.
///
/// It processes eight bytes at a time with eight tables. Checksums are stored, so they never change. Source of the
/// polynomial and of test values: RFC 3720, sections 12.1 and B.4, <https://www.rfc-editor.org/rfc/rfc3720>.
package struct CRC32C: Sendable {
    /// Table k, at 256 × k, holds the remainder of each byte with k zero bytes behind it.
    private static let tables: [UInt32] = {
        // The polynomial 0x1EDC6F41 with its bits reversed, because the lowest bit of a byte is processed first.
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt32(truncatingIfNeeded: byte)) { rest, _ in
                rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0x82F6_3B78
            }
        }
        for index in 256..<2048 {
            let shorter = tables[index - 256]
            tables.append(shorter >> 8 ^ tables[Int(shorter & 0xFF)])
        }
        return tables
    }()

    private var register: UInt32 = .max

    package init() {}

    /// The checksum of bytes.
    package init(_ bytes: [UInt8]) {
        self.init()
        bytes.withUnsafeBytes { add($0) }
    }

    /// The checksum of the bytes added so far.
    package var value: UInt32 { ~register }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        register = Self.tables.withUnsafeBufferPointer { tables in
            var register = register
            var offset = 0
            while bytes.count - offset >= 8 {
                var word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                word ^= UInt64(register)
                register = 0
                for table in stride(from: 7 << 8, through: 0, by: -256) {
                    register ^= tables[table | Int(word & 0xFF)]
                    word >>= 8
                }
                offset += 8
            }
            while offset < bytes.count {
                register = register >> 8 ^ tables[Int((register ^ UInt32(truncatingIfNeeded: bytes[offset])) & 0xFF)]
                offset += 1
            }
            return register
        }
    }
}
