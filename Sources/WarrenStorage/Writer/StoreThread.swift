#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of our own, for blocking work that must not occupy Swift's thread pool.
enum StoreThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a new thread that ends with it.
    ///
    /// - Parameter name: Linux shows the first 15 bytes.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(StorageError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Secondary threads of Darwin get 512 KiB, too little to encode deeply nested failure details.
        pthread_attr_setstacksize(&attributes, 8 << 20)

        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let result = pthread_create(&thread, &attributes, { StoreThread.run($0) }, start.toOpaque())
        #else
        var thread = pthread_t()
        let result = pthread_create(&thread, &attributes, { StoreThread.run($0) }, start.toOpaque())
        #endif
        guard result == 0 else {
            start.release()
            throw StorageError(.io, "A thread could not be started: \(String(cString: strerror(result))).")
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        setName(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread, for debuggers and `top -H`. Nothing depends on it.
    private static func setName(_ name: String) {
        #if canImport(Darwin)
        pthread_setname_np(name)
        #else
        // The C libraries of Linux hide their function for it from Swift.
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, name, name.utf8.count)
        close(descriptor)
        #endif
    }
}
