/// The wish of a caller that has read a history to its end: an answer once there is more, or when a time is over.
package struct HistoryWatch: Sendable, Hashable {
    /// The execution that the caller has read the history of. If the instance has another one, the host answers at once.
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
