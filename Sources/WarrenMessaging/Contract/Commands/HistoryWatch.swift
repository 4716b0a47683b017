/// The wish of a caller that has read a history to its end: an answer once there is more, or when a time is over.
package struct HistoryWatch: Sendable, Hashable {
    /// The execution whose history the caller has read; another one is news.
    package var executionID: String
    /// The time after which the host answers although nothing happened.
    package var milliseconds: Int64

    /// The longest time: a host forgets watches when it ends, so a caller asks again from time to time.
    package static let most: Int64 = 60_000

    package init(executionID: String, milliseconds: Int64) {
        self.executionID = executionID
        self.milliseconds = milliseconds
    }

    package init(executionID: String, waiting time: Duration) {
        self.init(executionID: executionID, milliseconds: min(time.wireMilliseconds, Self.most))
    }
}
