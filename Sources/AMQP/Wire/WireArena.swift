import CRabbitMQ
import WarrenSupport

/// Memory for the arguments of one call into librabbitmq: its own pool, emptied after the call.
///
/// The library's structures point at their bytes. Copying those into a pool costs a few nanoseconds and keeps lifetimes
/// in one place.
final class WireArena {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, 64 << 10)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    /// Invalidates all earlier results.
    func recycle() { recycle_amqp_pool(pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func bytes(_ bytes: [UInt8]) -> amqp_bytes_t {
        bytes.withUnsafeBytes { copy($0) }
    }

    func array<Element>(of type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        allocate(max(1, count) * MemoryLayout<Element>.stride).bindMemory(to: type, capacity: max(1, count))
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let base = source.baseAddress, !source.isEmpty else { return amqp_bytes_t(len: 0, bytes: nil) }
        let target = allocate(source.count)
        target.copyMemory(from: base, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: target)
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        // trap: only when the machine gives no memory, which ends a Swift process at any allocation.
        guard let memory = amqp_pool_alloc(pool, count) else { fatalError("Out of memory") }
        return memory
    }
}

extension String {
    /// The text of a short string; bytes that are not UTF-8 become replacement characters. As those are longer, such a
    /// text is cut, so that it still is a short string and can be sent again.
    init(_ bytes: amqp_bytes_t) {
        let bytes = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
        if let text = String(utf8: bytes) {
            self = text
            return
        }
        var text = ""
        var size = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            size += UTF8.width(scalar)
            guard size <= 255 else { break }
            text.unicodeScalars.append(scalar)
        }
        self = text
    }
}
