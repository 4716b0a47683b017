package import Warren
package import WarrenMessaging

/// Names an input from the moment that a partition has taken it until its effect is durable.
package typealias InputNumber = UInt64

/// What inputs have led to: all of it is to be done, or none.
///
/// The order: the commit; when it is durable, what memory kept for it can go (``PartitionMachine/conclude(_:)``), the rows are
/// sent, `settled` is acknowledged, `asked` is answered, and `replies` are sent, after which `settledWhenReplied` is
/// acknowledged.
package struct Step {
    package let now: Timestamp
    package var commit = PartitionCommit()
    /// The rows of the outbox that the commit has, with their messages as they are.
    package var rows: [OutboxBatch] = []
    /// Answers to questions: sent once, not kept.
    package var replies: [OutboundMessage] = []
    /// Questions to answer from what is committed then.
    package var asked: [AskedQuestion] = []
    package var settled: [InputNumber] = []
    package var settledWhenReplied: [InputNumber] = []
    package var memory = StepMemory()
    /// What people and instruments may want to know of.
    package var observations: [Observation] = []
    /// Activities that were called for the first time since the partition was opened.
    package var calledActivities: [String] = []
    /// Instances that are no longer to be suspected of anything.
    package var clearedSubjects: [String] = []

    /// The messages of each row that is to be written, in order.
    var batches: [[OutboundMessage]] = []
    /// Messages that belong to no instance: dead letters, refusals, answers. They come last.
    var unattached: [OutboundMessage] = []
    /// Instances with something new, in the order in which it came.
    var touched: [InstanceState] = []
    /// Inputs that follow from the one that is applied, before whatever came after it.
    var followUps: [Work] = []
    /// Sessions that are not needed any more, and what a death over unwinding them is put down to.
    var unwinding: [(session: any OrchestratorSession, subject: String)] = []
    /// Episodes that are asked for once more, and those that nobody waits for any more.
    var dispatched: [EpisodeRequest] = []
    var cancelled: [EpisodeTicket] = []
    /// Instances of which an executor has answered for an episode.
    var answered: [InstanceState] = []
    /// What waited for an instance that can take it now.
    var resumed: [QueuedWork] = []
    /// How many instances the page of a purge has removed.
    var purged = 0
    /// How many damaged instances were failed.
    var failedDamaged = 0

    package init(now: Timestamp) {
        self.now = now
    }

    /// Whether nothing has come of it.
    package var isEmpty: Bool {
        commit.isEmpty && replies.isEmpty && asked.isEmpty && settled.isEmpty && settledWhenReplied.isEmpty
            && clearedSubjects.isEmpty
    }
}

/// What memory keeps until a step is durable.
package struct StepMemory: Sendable {
    /// Once for each instance that the commit is about.
    package var instances: Set<Int64> = []
    package var inbox: [String] = []
    package var purged: [Int64] = []
    package var held: [Int64] = []
}

/// Messages that are written, sent and removed together.
package struct OutboxBatch: Sendable {
    package var id: Int64
    package var messages: [OutboundMessage]

    package init(id: Int64, messages: [OutboundMessage]) {
        self.id = id
        self.messages = messages
    }

    /// How many bytes of bodies a row has at the most, unless one alone is larger.
    private static let mostBytes = 4 << 20

    /// How many of these messages make up the next row.
    package static func fitting(_ messages: ArraySlice<OutboundMessage>) -> Int {
        var bytes = 0
        let fitting = messages.prefix(OutboxLedger.messagesPerRow).prefix { message in
            bytes += message.body.count
            return bytes <= mostBytes
        }
        return max(1, fitting.count)
    }
}

/// A question that waits for what came before it to become durable.
package struct AskedQuestion: Sendable {
    /// The input that asks.
    package var number: InputNumber?
    package var question: QueryCommand.Question
    /// Where a history goes on that was asked for before.
    package var historyFrom: String?
    package var reply: ReplyAddress
    /// The instance as it is in memory at the end of the step.
    package var snapshot: InstanceSnapshot?
}

/// An instance at one moment, with what it waits for, for people.
package struct InstanceSnapshot: Sendable {
    package var record: InstanceRecord
    package var openTasks: [String]
}
