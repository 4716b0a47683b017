import CRabbitMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of the operating system that runs one closure.
enum OwnerThread {
    private final class Box {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// 32 MiB of address space: the library decodes nested header tables recursively, and a publisher can nest them as
    /// deep as one frame allows (about 20,000 levels) before our own limit applies.
    private static let stackSize = 32 << 20

    /// - Throws: `connectionLost` when the system gives no thread. A session tries again.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(AMQPError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(Box(name, body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, &attributes, { OwnerThread.run($0) }, box.toOpaque())
        #else
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, { OwnerThread.run($0) }, box.toOpaque())
        #endif
        pthread_attr_destroy(&attributes)
        guard status == 0 else {
            box.release()
            throw AMQPError(.connectionLost, "the operating system gave no thread (error \(status))")
        }
    }

    private static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer else { return nil }
        let box = Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
        crabbitmq_name_this_thread(box.name)
        box.body()
        return nil
    }
}
