package import AMQPMessages
package import Warren
package import WarrenMessaging

/// A number that identifies an input from the moment that a partition has taken it until its effect is durable.
package typealias InputNumber = UInt64

/// The effects of inputs: all of them take place, or none.
///
/// The order: the commit; when it is durable, what memory kept for it can be dropped
/// (``PartitionMachine/conclude(_:)``), the rows are sent, `settled` is acknowledged, `asked` is answered, and
/// `replies` are sent, after which `settledWhenReplied` is acknowledged.
package struct Step {
    package let now: Timestamp
    package var commit = PartitionCommit()
    /// The rows of the outbox in the commit, with their messages as values.
    package var rows: [OutboxBatch] = []
    /// The answers to questions: sent once, not kept.
    package var replies: [OutboundMessage] = []
    /// The questions to answer from what is committed by then.
    package var asked: [AskedQuestion] = []
    package var settled: [InputNumber] = []
    package var settledWhenReplied: [InputNumber] = []
    package var memory = StepMemory()
    /// Facts that may interest people and instruments.
    package var observations: [Observation] = []
    /// The time by which each timer that fired was late.
    package var lateness: [Duration] = []
    /// The activities that were called for the first time since the partition was opened.
    package var calledActivities: [String] = []
    /// The instances that are no longer under suspicion.
    package var clearedSubjects: [String] = []
    /// The spans that the step has begun, to be ended when it is durable.
    package var spans: [any OpenInstanceSpan] = []
    /// The instances that are gone: their payloads are not needed any more.
    package var purgedInstances: [PurgedInstance] = []
    /// The stored payloads that messages of this step name for other instances than those that have them.
    package var carriedPayloads: [CarriedPayload] = []

    /// The messages of each row that is to be written, in order.
    var batches: [[OutboxMessage]] = []
    /// The work items of messages that may stay in the process, in their order.
    var carried: CarriedItems = CarriedItems()
    /// Messages that belong to no instance: dead letters, refusals, answers. They come last.
    var unattached: [OutboxMessage] = []
    /// The instances with new events, in the order in which these arrived.
    var touched: [InstanceState] = []
    /// The work that follows from the input that is applied, before any later input.
    var followUps: [Work] = []
    /// The sessions that are not needed any more, each with the subject to which a death while unwinding it is
    /// attributed.
    var unwinding: [(session: any OrchestratorSession, subject: String)] = []
    /// The operations of entities that are to run.
    var operating: [EntityBatch] = []
    /// The episodes that are requested once more, and those that are not awaited any more.
    var dispatched: [EpisodeRequest] = []
    var cancelled: [EpisodeTicket] = []
    /// The instances for which an executor has answered an episode.
    var answered: [InstanceState] = []
    /// The work that waited for an instance that can take it now.
    var resumed: [QueuedWork] = []
    /// The number of instances that the page of a purge has removed.
    var purged = 0
    /// The number of damaged instances that were failed.
    var failedDamaged = 0

    package init(now: Timestamp) {
        self.now = now
    }

    /// Whether the step has no effect.
    package var isEmpty: Bool {
        commit.isEmpty && replies.isEmpty && asked.isEmpty && settled.isEmpty && settledWhenReplied.isEmpty
            && clearedSubjects.isEmpty
    }
}

/// What memory keeps until a step is durable.
package struct StepMemory: Sendable {
    /// The keys of the instances in the commit, each once.
    package var instances: Set<Int64> = []
    package var inbox: [String] = []
    package var purged: [Int64] = []
    /// The keys of the instances with leases in the commit: their statuses show what workers have reported.
    package var leased: [Int64] = []
    package var held: [Int64] = []
}

/// Messages that are written, sent and removed together.
package struct OutboxBatch: Sendable {
    package var id: Int64
    package var messages: [OutboxMessage]
    /// The work items of messages that need not be decoded, in the places of those messages; empty if there are none.
    package var work: [CarriedWork?]

    package init(id: Int64, messages: [OutboxMessage], work: [CarriedWork?] = []) {
        self.id = id
        self.messages = messages
        self.work = work
    }

    /// The messages as a transport takes them.
    package var encoded: [OutboundMessage] { messages.map(\.encoded) }

    /// The maximum number of bytes of bodies in a row, unless a single message is larger.
    private static let mostBytes = 4 << 20

    /// Returns how many of these messages make up the next row.
    package static func fitting(_ messages: ArraySlice<OutboxMessage>) -> Int {
        var bytes = 0
        let fitting = messages.prefix(OutboxLedger.messagesPerRow).prefix { message in
            bytes += message.bodyBytes
            return bytes <= mostBytes
        }
        return max(1, fitting.count)
    }
}

/// A question that waits until the inputs before it are durable.
package struct AskedQuestion: Sendable {
    /// The number of the input that asks.
    package var number: InputNumber?
    package var question: QueryCommand.Question
    /// The place at which a history continues that was requested before.
    package var historyFrom: String?
    /// Lets the answer wait for further events.
    package var watch: HistoryWatch?
    package var reply: ReplyAddress
    /// The instances that it is about, by ID, as far as they are in memory at the end of the step.
    package var snapshots: [String: InstanceSnapshot] = [:]
    /// The queues of the entities that the question is about, by the entities' instance IDs.
    package var queues: [String: EntityQueue] = [:]
}

/// An instance at one moment, with what it waits for.
package struct InstanceSnapshot: Sendable {
    package var record: InstanceRecord
    package var waits: OpenWaits
}

/// An instance that was purged.
package struct PurgedInstance: Sendable {
    package var key: Int64
    package var instanceID: String
    /// The time at which it ended. What belongs to it is not much younger.
    package var lastUpdatedAt: Timestamp
    /// The time of the step that purged it. What is stored for another instance of the same ID is not older.
    package var purgedAt: Timestamp
}

/// A payload in the hub's payload folder that another instance gets, too.
package struct CarriedPayload: Sendable {
    package var reference: Payload
    /// The instance that has the payload.
    package var owner: String
    package var receiver: String
}

extension Step {
    /// Notes that a message to another instance has a payload of this one. Payloads that are no references are in the
    /// message.
    mutating func carry(_ payload: Payload?, of owner: String, to receiver: String) {
        guard let payload, PayloadReference(payload) != nil else { return }
        carriedPayloads.append(CarriedPayload(reference: payload, owner: owner, receiver: receiver))
    }
}
