#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension SystemThread {
    /// Has the calling thread run before others when it has something to do: a thread that does little for each of many
    /// callers, who wait for it.
    ///
    /// On Linux this is the thread's nice value, −10, which a process may set with the right `CAP_SYS_NICE` or within its limit
    /// `RLIMIT_NICE`.
    ///
    /// - Returns: whether it does.
    package static func takePrecedence() -> Bool {
        // 0 is the calling thread: on Linux each one has a value of its own.
        #if canImport(Glibc)
        return setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -10) == 0
        #elseif canImport(Musl)
        return setpriority(PRIO_PROCESS, 0, -10) == 0
        #else
        return false
        #endif
    }
}
