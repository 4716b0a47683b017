/// A checksum for blobs that are opaque to the store.
///
/// SQLite checks its pages' structure and the WAL, but not the content of rows: a flipped bit in a history would be
/// replayed as if it had happened. It processes eight bytes at a time, so that it costs little beside the write itself.
/// It detects damage; it does not protect against forgery.
enum Checksum {
    /// - Parameter seed: the identity of the blob, so that a blob in the wrong row is detected as well.
    static func of(_ bytes: [UInt8], seed: [Int64]) -> Int64 {
        of(bytes, seed.reduce(beginning) { mix($0, UInt64(bitPattern: $1)) })
    }

    /// The same for an identity of one number, without an array: it is made for every row.
    static func of(_ bytes: [UInt8], seed: Int64) -> Int64 { of(bytes, mix(beginning, UInt64(bitPattern: seed))) }

    /// The same for an identity of three numbers.
    static func of(_ bytes: [UInt8], seed: Int64, _ second: Int64, _ third: Int64) -> Int64 {
        var hash = mix(beginning, UInt64(bitPattern: seed))
        hash = mix(hash, UInt64(bitPattern: second))
        return of(bytes, mix(hash, UInt64(bitPattern: third)))
    }

    fileprivate static let beginning: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func of(_ bytes: [UInt8], _ seed: UInt64) -> Int64 {
        Int64(bitPattern: mix(bytes.withUnsafeBytes { mix(seed, $0) }, UInt64(bytes.count)))
    }

    /// The checksum of a row of integers.
    static func of(row: Int64...) -> Int64 {
        var hash = beginning
        for value in row { hash = mix(hash, UInt64(bitPattern: value)) }
        return Int64(bitPattern: mix(hash, UInt64(row.count)))
    }

    /// Adds bytes, eight at a time, and the rest one by one.
    fileprivate static func mix(_ hash: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = hash
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = mix(hash, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        while offset < bytes.count {
            hash = mix(hash, UInt64(bytes[offset]))
            offset += 1
        }
        return hash
    }

    fileprivate static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product ^ (product >> 32)
    }
}

/// The checksum of a row with columns of several kinds, added one after the other.
struct RowChecksum {
    private var hash = Checksum.beginning

    var value: Int64 { Int64(bitPattern: hash) }

    mutating func add(_ value: Int64?) {
        hash = Checksum.mix(hash, value == nil ? 0 : 1)
        if let value { hash = Checksum.mix(hash, UInt64(bitPattern: value)) }
    }

    mutating func add(_ value: String?) {
        guard var value else { return add(nil as Int64?) }
        value.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ value: [UInt8]?) {
        guard let value else { return add(nil as Int64?) }
        value.withUnsafeBytes { add($0) }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(Int64(bytes.count))
        hash = Checksum.mix(hash, bytes)
    }
}
