package import Warren

/// What is written together, or not at all.
///
/// Applied so: what is set aside; purged instances; instances; history, timers, leases, outbox, inbox and held messages that are new; then what is removed.
/// Within one list, in order. An instance may appear several times.
///
/// These break a rule, and so fail with `.misuse` and end the store: a new row whose key or number exists (leases
/// apart), an update of an instance or generation that does not exist, a replacement of an instance that does not exist.
/// Removing what is not there breaks none.
package struct PartitionCommit: Sendable {
    package var instances: [InstanceWrite] = []
    package var history: [HistoryRow] = []
    package var inbox: [InboxEntry] = []
    package var timers: [TimerRow] = []
    package var removedTimers: [TimerRow.Key] = []
    /// Inserted, or renewed where the key exists.
    package var leases: [TaskLease] = []
    package var removedLeases: [TaskLease.Key] = []
    package var outbox: [OutboxRow] = []
    package var removedOutbox: [Int64] = []
    package var held: [HeldMessage] = []
    package var removedHeld: [Int64] = []
    /// Who wants to be told of an instance's end, in addition to those in its row.
    package var waiters: [WaiterRow] = []
    /// Instances whose additional waiters are told.
    package var removedWaiters: [Int64] = []
    /// Instances to remove with everything that belongs to them. Removed first, so that another instance may take the ID
    /// in the same commit; nothing else in the commit may be about one of them.
    package var purgedInstances: [Int64] = []
    /// Inbox entries older than this are forgotten, if set: the oldest `InboxEntry.forgottenAtOnce` of them.
    package var forgetInboxBefore: Timestamp?
    /// Rows that cannot be read: noted in a table of their own, and removed unless they belong to an instance.
    package var setAside: [DamagedRow] = []
    /// Instances of which timers and leases are removed, whichever there are.
    package var clearedInstances: [Int64] = []

    package init() {}

    package var isEmpty: Bool {
        instances.isEmpty && history.isEmpty && inbox.isEmpty && timers.isEmpty && removedTimers.isEmpty
            && leases.isEmpty && removedLeases.isEmpty && outbox.isEmpty && removedOutbox.isEmpty && held.isEmpty
            && removedHeld.isEmpty && waiters.isEmpty && removedWaiters.isEmpty && purgedInstances.isEmpty
            && forgetInboxBefore == nil && setAside.isEmpty && clearedInstances.isEmpty
    }
}

/// An instance as it is stored.
package struct InstanceRecord: Sendable, Hashable {
    /// Surrogate, unique in the partition, never used again.
    package var key: Int64
    package var instanceID: String
    package var executionID: String
    /// Counts executions from 0: continue-as-new and restart raise it. History, timers and leases belong to one.
    package var generation: Int
    package var name: String
    package var status: RuntimeStatus
    package var createdAt: Timestamp
    package var lastUpdatedAt: Timestamp
    package var completedAt: Timestamp?
    package var scheduledStart: Timestamp?
    package var input: Payload
    package var output: Payload?
    package var customStatus: Payload?
    package var failure: FailureDetails?
    package var parent: ParentInstance?
    package var tags: [String: String]
    /// How many episodes the present generation's history has.
    package var episodes: Int
    /// Who wants to be told of the end: opaque to the store.
    package var waiters: [UInt8]
    /// Why the row cannot be relied on, when it was read and is not what was written; its columns are then as far as
    /// they can be read. Never stored.
    package var damage: String?

    package init(
        key: Int64, instanceID: String, executionID: String, generation: Int = 0, name: String,
        status: RuntimeStatus = .pending, createdAt: Timestamp, lastUpdatedAt: Timestamp,
        completedAt: Timestamp? = nil, scheduledStart: Timestamp? = nil, input: Payload = .null,
        output: Payload? = nil, customStatus: Payload? = nil, failure: FailureDetails? = nil,
        parent: ParentInstance? = nil, tags: [String: String] = [:], episodes: Int = 0, waiters: [UInt8] = []
    ) {
        self.key = key
        self.instanceID = instanceID
        self.executionID = executionID
        self.generation = generation
        self.name = name
        self.status = status
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.completedAt = completedAt
        self.scheduledStart = scheduledStart
        self.input = input
        self.output = output
        self.customStatus = customStatus
        self.failure = failure
        self.parent = parent
        self.tags = tags
        self.episodes = episodes
        self.waiters = waiters
    }
}

package struct InstanceWrite: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// A new instance.
        case insert
        /// A step: everything that can change within a generation (status, times, output, custom status, failure,
        /// episodes, waiters). Leaves the input and the rest alone.
        case update
        /// A new generation of the instance: every column; history, timers and leases of earlier generations go.
        case replace
    }

    package var kind: Kind
    package var record: InstanceRecord

    package init(_ kind: Kind, _ record: InstanceRecord) {
        self.kind = kind
        self.record = record
    }
}

/// The events of one episode.
package struct HistoryRow: Sendable, Hashable {
    package var instance: Int64
    package var generation: Int
    /// Counts from 0 within a generation, without gaps: a history with one is taken for damaged when it is read.
    package var episode: Int
    package var events: [UInt8]

    package init(instance: Int64, generation: Int, episode: Int, events: [UInt8]) {
        self.instance = instance
        self.generation = generation
        self.episode = episode
        self.events = events
    }
}

/// The key of a message that was taken.
///
/// Another message under the same key takes the entry over; the same message again breaks a rule.
package struct InboxEntry: Sendable, Hashable {
    package var key: String
    /// Hash of what the message asked for: the same key with another hash is another message.
    package var bodyHash: Int64
    /// The instance it went to.
    package var instanceID: String
    package var at: Timestamp

    /// How many entries one commit forgets at the most.
    package static let forgottenAtOnce = 2000

    package init(key: String, bodyHash: Int64, instanceID: String, at: Timestamp) {
        self.key = key
        self.bodyHash = bodyHash
        self.instanceID = instanceID
        self.at = at
    }
}

package struct TimerRow: Sendable, Hashable {
    package struct Key: Sendable, Hashable {
        package var instance: Int64
        package var generation: Int
        /// The timer's number in the execution; -1 for the scheduled start of the instance.
        package var id: Int

        package init(instance: Int64, generation: Int, id: Int) {
            self.instance = instance
            self.generation = generation
            self.id = id
        }
    }

    package var key: Key
    package var fireAt: Timestamp

    package init(key: Key, fireAt: Timestamp) {
        self.key = key
        self.fireAt = fireAt
    }
}

/// A long activity that a worker has taken: it is dispatched again if the lease runs out. Afterwards the lease stays,
/// not taken, to remember how often that was.
package struct TaskLease: Sendable, Hashable {
    package struct Key: Sendable, Hashable {
        package var instance: Int64
        package var generation: Int
        package var taskID: Int

        package init(instance: Int64, generation: Int, taskID: Int) {
            self.instance = instance
            self.generation = generation
            self.taskID = taskID
        }
    }

    package var key: Key
    /// How often the work item was dispatched, from 1.
    package var attempt: Int
    package var expiresAt: Timestamp

    /// Whether a worker has the item. Otherwise the broker has it, and nothing expires.
    package var isTaken: Bool { expiresAt != Self.never }

    /// When the lease of an item that no worker has taken expires.
    package static let never = Timestamp(microseconds: .max)

    package init(key: Key, attempt: Int, expiresAt: Timestamp) {
        self.key = key
        self.attempt = attempt
        self.expiresAt = expiresAt
    }
}

/// One who wants to be told of an instance's end: opaque to the store.
package struct WaiterRow: Sendable, Hashable {
    package var instance: Int64
    package var address: [UInt8]

    package init(instance: Int64, address: [UInt8]) {
        self.instance = instance
        self.address = address
    }
}

/// Messages of one step that are not yet confirmed: opaque to the store.
package struct OutboxRow: Sendable, Hashable {
    package var id: Int64
    package var messages: [UInt8]
    /// Why the row cannot be relied on, when it was read and is not what was written. Never stored.
    package var damage: String?

    package init(id: Int64, messages: [UInt8], damage: String? = nil) {
        self.id = id
        self.messages = messages
        self.damage = damage
    }
}

/// A message that waits for something to exist: an event for an instance that has not started, a start of an
/// orchestration that no host knows yet.
package struct HeldMessage: Sendable, Hashable {
    package var id: Int64
    /// What it waits for, for example `instance:order-42`.
    package var subject: String
    package var expiresAt: Timestamp
    package var message: [UInt8]

    package init(id: Int64, subject: String, expiresAt: Timestamp, message: [UInt8]) {
        self.id = id
        self.subject = subject
        self.expiresAt = expiresAt
        self.message = message
    }
}
