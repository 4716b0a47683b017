import CRabbitMQ
import WarrenSupport

/// The short texts of a connection that come again with each message: names of headers, exchanges, queues, activities.
///
/// A text that is here is returned without being allocated, examined or copied. There is one place for each of 256 hashes,
/// and the newest text has it, so that a peer determines neither the size nor the cost. It never leaves its connection's thread.
final class WireTexts {
    private static let places = 256

    private var texts = [String](repeating: "", count: places)

    /// The text of a short string, as `String.init(_:)` makes it.
    func text(_ bytes: amqp_bytes_t) -> String {
        // Smaller ones are not allocated anyway, and longer ones rarely come again.
        guard bytes.len > 15, bytes.len <= 64, let base = UnsafeRawPointer(bytes.bytes) else { return String(bytes) }
        let place = Self.place(base, bytes.len)
        let known = texts[place]
        if known.hasBytes(UnsafeRawBufferPointer(start: base, count: bytes.len)) { return known }
        let text = String(bytes)
        texts[place] = text
        return text
    }

    /// Mixes the length with the first, the middle and the last eight bytes of at least 16.
    private static func place(_ base: UnsafeRawPointer, _ count: Int) -> Int {
        func word(at offset: Int) -> UInt64 { base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        var hash = UInt64(truncatingIfNeeded: count)
        for word in [word(at: 0), word(at: count / 2 - 4), word(at: count - 8)] {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash & UInt64(places - 1))
    }
}
