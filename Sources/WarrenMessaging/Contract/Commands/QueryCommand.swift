package import Warren

/// A question. It changes nothing and is answered at once, except `wait`, which is answered when the instance ends, and
/// a watched history, which is answered when it grows.
package struct QueryCommand: Sendable, Hashable {
    package enum Question: Sendable, Hashable {
        case status(instanceID: String, includeHistory: Bool)
        /// Shows several instances of the partition, without their histories.
        case statuses(instanceIDs: [String])
        case wait(instanceID: String)
        /// Asks the orchestrator of an instance about its state.
        case state(instanceID: String, StateQuestion)
        /// Lists instances of the partition.
        case list(InstanceQuery)
        /// Counts instances of the partition.
        case count(InstanceCountQuery)
        /// Lists the rows that the partition has set aside because they could not be read.
        case damaged
        /// Describes the hub: the number of its partitions.
        case describe
    }

    package var question: Question
    /// The partition, for `statuses`, `list`, `count` and `damaged`.
    package var partition: Int
    /// The place where a history continues, as an earlier answer named it.
    package var historyFrom: String?
    /// For a history: the answer may wait for events behind `historyFrom`.
    package var watch: HistoryWatch?
    package var context: CommandContext

    package init(
        _ question: Question, partition: Int = 0, historyFrom: String? = nil, watch: HistoryWatch? = nil,
        context: CommandContext = .init()
    ) {
        self.watch = watch
        self.question = question
        self.partition = partition
        self.historyFrom = historyFrom
        self.context = context
    }
}
