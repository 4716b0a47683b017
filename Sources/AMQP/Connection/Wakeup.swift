import CRabbitMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A descriptor that becomes readable when another thread says so: `eventfd` on Linux, a pipe elsewhere.
final class Wakeup: Sendable {
    /// What to poll for reading.
    let descriptor: Int32
    private let writeEnd: Int32

    init() {
        #if os(Linux)
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        writeEnd = descriptor
        precondition(descriptor >= 0, "No descriptor left")
        #else
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "No descriptor left")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        writeEnd = ends[1]
        #endif
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
