#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The number of this process on its machine.
enum ProcessNumber {
    static let current = Int(getpid())
}
