#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of the operating system, for blocking work that must not occupy Swift's thread pool.
package enum SystemThread {
    /// Reports that the operating system could not create a thread.
    package struct Failure: Error {
        /// The value of `errno`.
        package let code: Int32
    }

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
    /// - Parameters:
    ///   - name: for debuggers; Linux shows the first 15 bytes.
    ///   - stackSize: bytes of address space. Secondary threads of Darwin would get 512 KiB.
    package static func start(
        name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void
    ) throws(Failure) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackSize)

        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, &attributes, { SystemThread.run($0) }, start.toOpaque())
        #else
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, { SystemThread.run($0) }, start.toOpaque())
        #endif
        guard status == 0 else {
            start.release()
            throw Failure(code: status)
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        setName(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread, for debuggers and `top -H`. No code depends on it.
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
