import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// What one round of a partition gathers: what to write, and what to do once it is written.
struct StepBatch {
    let now: Timestamp
    var commit = PartitionCommit()
    /// Messages to publish once the commit is durable, by outbox row.
    var rows: [OutboxDispatcher.Row] = []
    /// Answers to questions: sent once, not kept.
    var answers: [OutboundMessage] = []
    /// Questions to answer once the commit is durable.
    var asked: [PartitionQuestion] = []
    /// What to settle when it is durable.
    var receipts: [Receipt] = []
    /// What to settle when the answers are safe.
    var questions: [Receipt] = []
    var keys = BatchKeys()
    /// Instances with something new, in the order in which it came.
    var touched: [InstanceState] = []
    /// Suspects that are no more, once that is durable.
    var endedSuspects: [String] = []
    /// Messages that belong to no instance: dead letters and refusals.
    var loose: [OutboundMessage] = []

    init(now: Timestamp) {
        self.now = now
    }

    mutating func touch(_ state: InstanceState) {
        if state.newEvents.isEmpty { touched.append(state) }
    }
}

/// What a processor keeps in memory until a commit is durable.
struct BatchKeys: Sendable {
    /// Once for each instance that the commit is about.
    var instances: Set<Int64> = []
    var inbox: [String] = []
    var purged: [Int64] = []
    var held: [Int64] = []
}
