package import Warren

/// What a message asks of a partition, whichever way it came: an external publisher through the intake, another
/// partition, a worker, or a client.
package enum Command: Sendable, Hashable {
    case start(StartCommand)
    case raise(RaiseCommand)
    case control(ControlCommand)
    case purge(PurgeCommand)
    case childCompleted(ChildCompletedCommand)
    case workResult(WorkResult)
    case query(QueryCommand)
}

/// What every command may carry.
package struct CommandContext: Sendable, Hashable {
    /// The key under which duplicates are recognised: operation, target, publisher and message ID. `nil`: the publisher
    /// gave no message ID, and every delivery counts.
    package var messageKey: String?
    /// A hash of what is asked for, stable over processes: the same key with another hash is another message.
    package var bodyHash: Int64
    package var reply: ReplyAddress?
    /// The broker login of the publisher, if the broker vouches for it.
    package var userID: String?
    /// How many milliseconds the publisher lets the message be held for what it needs. `nil`: as long as the host does.
    /// Who says so waits for the answer, and a refusal is for good.
    package var holdLimit: Int64?
    /// Whether the answer is all that a refusal leads to: its publisher waits for it, and nobody has to look for the
    /// message among the dead letters. Never without a reply address.
    package var refusesByReply: Bool

    package init(
        messageKey: String? = nil, bodyHash: Int64 = 0, reply: ReplyAddress? = nil, userID: String? = nil,
        holdLimit: Int64? = nil, refusesByReply: Bool = false
    ) {
        self.holdLimit = holdLimit
        self.refusesByReply = refusesByReply
        self.messageKey = messageKey
        self.bodyHash = bodyHash
        self.reply = reply
        self.userID = userID
    }
}

/// What becomes of a message that is refused: the header `warren-refuse`.
package enum RefusalMode: String, Sendable, Hashable, CaseIterable {
    /// It is kept for people, and whoever waits for an answer gets one.
    case deadLetter = "dead-letter"
    /// Whoever waits for an answer gets one, and that is all.
    case reply
}

/// Where and when to answer.
package struct ReplyAddress: Sendable, Hashable, Codable {
    package enum Mode: String, Sendable, Hashable, Codable {
        case completed, accepted, both, none
    }

    /// A queue name that passed the allowlist.
    package var queue: String
    package var correlationID: String
    package var mode: Mode

    package init(queue: String, correlationID: String, mode: Mode = .completed) {
        self.queue = queue
        self.correlationID = correlationID
        self.mode = mode
    }
}

package struct StartCommand: Sendable, Hashable {
    /// What to do when the instance exists already.
    package enum ExistingPolicy: String, Sendable, Hashable {
        case ignore, fail, restart
    }

    package var name: String
    package var instanceID: String
    package var input: Payload
    package var ifExists: ExistingPolicy
    package var startAt: Timestamp?
    package var tags: [String: String]
    package var parent: ParentInstance?
    package var context: CommandContext

    package init(
        name: String, instanceID: String, input: Payload = .null, ifExists: ExistingPolicy = .ignore,
        startAt: Timestamp? = nil, tags: [String: String] = [:], parent: ParentInstance? = nil,
        context: CommandContext = .init()
    ) {
        self.name = name
        self.instanceID = instanceID
        self.input = input
        self.ifExists = ifExists
        self.startAt = startAt
        self.tags = tags
        self.parent = parent
        self.context = context
    }
}

package struct RaiseCommand: Sendable, Hashable {
    package var instanceID: String
    package var eventName: String
    package var payload: Payload
    package var context: CommandContext

    package init(instanceID: String, eventName: String, payload: Payload = .null, context: CommandContext = .init()) {
        self.instanceID = instanceID
        self.eventName = eventName
        self.payload = payload
        self.context = context
    }
}

package struct ControlCommand: Sendable, Hashable {
    package enum Verb: String, Sendable, Hashable, CaseIterable {
        case terminate, suspend, resume, purge
    }

    package var instanceID: String
    package var verb: Verb
    package var reason: String?
    /// Of a purge: the purged instance that called this one. Only a child of exactly that execution goes with it.
    package var parent: ParentInstance?
    package var context: CommandContext

    package init(
        instanceID: String, verb: Verb, reason: String? = nil, parent: ParentInstance? = nil,
        context: CommandContext = .init()
    ) {
        self.instanceID = instanceID
        self.verb = verb
        self.reason = reason
        self.parent = parent
        self.context = context
    }
}

/// Removes ended instances of the partition that is asked, as many as a page of the query holds.
///
/// Taken twice it removes nothing more, so it needs no message key.
package struct PurgeCommand: Sendable, Hashable {
    package var query: InstanceQuery
    /// The partition that is asked.
    package var partition: Int
    package var context: CommandContext

    package init(_ query: InstanceQuery, partition: Int = 0, context: CommandContext = .init()) {
        self.query = query
        self.partition = partition
        self.context = context
    }
}

/// A sub-orchestration ended; for the instance that waits for it.
package struct ChildCompletedCommand: Sendable, Hashable {
    package var parent: ParentInstance
    package var result: TaskOutcome
    package var context: CommandContext

    package init(parent: ParentInstance, result: TaskOutcome, context: CommandContext = .init()) {
        self.parent = parent
        self.result = result
        self.context = context
    }
}

/// How an activity or sub-orchestration ended.
package enum TaskOutcome: Sendable, Hashable {
    case completed(Payload)
    case failed(FailureDetails)
}

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
