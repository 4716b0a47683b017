#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The number of processors.
enum ProcessorCount {
    /// The number of those that are online, at least 1.
    static var online: Int {
        // trap: the name of the value and the answer are small numbers.
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
