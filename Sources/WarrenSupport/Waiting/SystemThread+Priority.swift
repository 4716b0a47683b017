#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension SystemThread {
    /// Has the calling thread run only when others leave time: a thread that does much for one caller. It cannot be undone.
    ///
    /// On Linux this is the thread's nice value, 10.
    package static func giveWay() { _ = setNice(10) }

    /// Has the calling thread run before others when it has something to do: a thread that does little for each of many
    /// callers, who wait for it.
    ///
    /// On Linux this is the thread's nice value, −10, which a process may set with the right `CAP_SYS_NICE` or within its limit
    /// `RLIMIT_NICE`.
    ///
    /// - Returns: whether it does.
    package static func takePrecedence() -> Bool {
        setNice(-10)
    }

    private static func setNice(_ value: Int32) -> Bool {
        // 0 is the calling thread: on Linux each one has a value of its own.
        #if canImport(Glibc)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, value) == 0
        #elseif canImport(Musl)
        setpriority(PRIO_PROCESS, 0, value) == 0
        #else
        false
        #endif
    }
}
