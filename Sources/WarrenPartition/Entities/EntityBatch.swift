package import Warren

/// The operations that an entity is to run now, one after the other.
package struct EntityBatch: Sendable {
    package var ticket: EntityTicket
    package var entity: EntityID
    /// The state before the first; `nil` for none.
    package var state: Payload?
    package var operations: [QueuedOperation]
}

/// The name of one run of operations of an entity. The outcome of a run that is not awaited any more is dropped.
package struct EntityTicket: Sendable, Hashable {
    /// The key of the entity's row.
    package var instance: Int64
    /// The number of the run among the episodes and runs that the partition has requested since it was opened.
    package var number: UInt64
}

/// A request to an entity that waits for its turn.
package struct QueuedOperation: Sendable {
    /// The number of the held message.
    package var id: Int64
    package var name: String
    package var request: EntityRequest
    /// The trace of the message that carried the request, if it is in one.
    package var trace: TraceContext?

    package init(id: Int64, name: String, request: EntityRequest, trace: TraceContext? = nil) {
        self.id = id
        self.name = name
        self.request = request
        self.trace = trace
    }
}

/// The operations of an entity that run.
package struct EntityFlight: Sendable {
    var ticket: EntityTicket
    var entries: [HeldEntry]
    var operations: [QueuedOperation]
}

/// How the operations of an entity ended.
package struct EntityRunEnd: Sendable {
    package var ticket: EntityTicket
    /// The state after the last that succeeded.
    package var state: Payload?
    /// The outcomes, in the order of the operations; there may be fewer, and the others run again.
    package var outcomes: [EntityOutcome]

    package init(ticket: EntityTicket, state: Payload?, outcomes: [EntityOutcome]) {
        self.ticket = ticket
        self.state = state
        self.outcomes = outcomes
    }
}

/// The outcome of one operation.
package enum EntityOutcome: Sendable {
    case completed(Payload, [EntityEffect])
    case failed(FailureDetails)
    /// It did not run again, because the host's processes ended while it ran.
    case killed(OperationDeaths)
}

/// The processes that ended while an operation ran.
package struct OperationDeaths: Sendable, Hashable {
    package var count: Int
    package var since: Timestamp
    /// The name under which the operation is suspected. The suspicion ends when the operation is taken out durably.
    package var subject: String

    package init(count: Int, since: Timestamp, subject: String) {
        self.count = count
        self.since = since
        self.subject = subject
    }
}
