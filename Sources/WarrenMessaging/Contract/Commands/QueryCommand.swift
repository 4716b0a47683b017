package import Warren

/// A question. It changes nothing and is answered at once, except `wait`, which is answered when the instance ends.
package struct QueryCommand: Sendable, Hashable {
    package enum Question: Sendable, Hashable {
        case status(instanceID: String, includeHistory: Bool)
        case wait(instanceID: String)
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
    /// The partition, for `list`, `count` and `damaged`.
    package var partition: Int
    /// The place where a history continues, as an earlier answer named it.
    package var historyFrom: String?
    package var context: CommandContext

    package init(
        _ question: Question, partition: Int = 0, historyFrom: String? = nil, context: CommandContext = .init()
    ) {
        self.question = question
        self.partition = partition
        self.historyFrom = historyFrom
        self.context = context
    }
}
