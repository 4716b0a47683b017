import CRabbitMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A descriptor that another thread makes readable: `eventfd` on Linux, a pipe elsewhere.
final class Wakeup: Sendable {
    /// The descriptor to poll for reading.
    let descriptor: Int32
    private let writeEnd: Int32

    /// - Throws: `connectionLost` when the process has no descriptors left. A session tries again.
    init() throws(AMQPError) {
        #if os(Linux)
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        writeEnd = descriptor
        guard descriptor >= 0 else { throw Self.shortage }
        #else
        var ends: (Int32, Int32) = (-1, -1)
        let status = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { pipe($0) }
        }
        guard status == 0 else { throw Self.shortage }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (descriptor, writeEnd) = ends
        #endif
    }

    private static var shortage: AMQPError {
        AMQPError(.connectionLost, "the process has no file descriptors left: raise its limit (ulimit -n)")
    }

    deinit {
        close(descriptor)
        if writeEnd != descriptor { close(writeEnd) }
    }

    /// Makes the descriptor readable. A full pipe or counter is readable already, so its error needs no answer.
    func signal() {
        var one: UInt64 = 1
        _ = write(writeEnd, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes it unreadable again.
    func clear() {
        var buffer: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while read(descriptor, &buffer, MemoryLayout.size(ofValue: buffer)) == MemoryLayout.size(ofValue: buffer) {}
    }
}
