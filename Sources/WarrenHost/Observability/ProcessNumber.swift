#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// This process, as its machine numbers it.
enum ProcessNumber {
    static let current = Int(getpid())
}
