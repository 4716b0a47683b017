package import Warren

/// Questions. They change nothing and are answered at once, except `wait`, which is answered when the instance ends.
package struct QueryCommand: Sendable, Hashable {
    package enum Question: Sendable, Hashable {
        case status(instanceID: String, includeHistory: Bool)
        case wait(instanceID: String)
        /// Instances of the partition that is asked.
        case list(InstanceQuery)
        /// What the partition that is asked has set aside because it could not be read.
        case damaged
        /// The hub: how many partitions it has.
        case describe
    }

    package var question: Question
    /// The partition that is asked for a list, or for what is damaged.
    package var partition: Int
    /// Where a history goes on: what an earlier answer named.
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
