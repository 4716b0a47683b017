#if HTTP
/// `timeout` and `pollingInterval`, in seconds: the time that a start waits for the instance's end.
///
/// The interval is checked because callers send it; there is no polling.
struct WaitParameters {
    let timeout: Duration

    /// - Returns: `nil` if the query has neither: the caller does not wait.
    /// - Throws: `ManagementError` for invalid times.
    init?(_ query: Query, maximum: Duration) throws {
        let timeout = query.number("timeout")
        let interval = query.number("pollingInterval")
        guard timeout != nil || interval != nil else { return nil }
        let seconds = timeout ?? 10
        guard seconds >= 0, interval ?? 0 >= 0 else {
            throw ManagementError(argument: "'timeout' and 'pollingInterval' are seconds, 0 or more.")
        }
        if let interval, interval > seconds {
            throw ManagementError(
                argument: "'pollingInterval' (\(interval) s) is longer than 'timeout' (\(seconds) s).")
        }
        // Clamped before it becomes a duration, which a huge number would overflow.
        self.timeout = min(.milliseconds(Int64(min(seconds, 1_000_000) * 1000)), maximum)
    }
}
#endif
