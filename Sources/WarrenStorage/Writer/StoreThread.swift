package import Warren
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread for work that blocks on a disk.
package enum StoreThread {
    /// Enough to encode deeply nested failure details.
    private static let stackSize = 8 << 20

    /// - Throws: `.io` when the system gives no thread.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(StorageError) {
        do {
            try SystemThread.start(name: name, stackSize: stackSize, body)
        } catch {
            throw StorageError(.io, "A thread could not be started: \(String(cString: strerror(error.code))).")
        }
    }
}
