public import Warren
package import WarrenSupport

/// An entity as it was committed last.
public struct EntityStatus: Sendable, Hashable {
    /// The entity.
    public var id: EntityID
    /// Whether it has a state. An entity without a state is listed until it is cleaned away.
    public var exists: Bool
    /// The state as JSON; `nil` if it has none, or if it was not asked for.
    public var state: Payload?
    /// The time of its last operation.
    public var lastOperationAt: Timestamp
    /// The time of its first operation.
    public var createdAt: Timestamp
    /// The ID of the orchestration that has locked it; `nil` if none has.
    public var lockedBy: String?
    /// The number of requests that it has taken and not finished: signals, calls and locks that are asked for, also one that
    /// runs. `nil` in a listing, which does not tell; 0 from a host of an older version.
    public var queued: Int?
    /// The first of these requests, at most ten, in the order in which they run.
    public var queue: [QueuedRequest] = []
    /// The execution that has locked it.
    package var lockedByExecution: String?

    /// A request that waits at an entity, or runs.
    public struct QueuedRequest: Sendable, Hashable {
        /// The operation; `@lock` for a lock that is asked for.
        public var operation: String
        /// The ID of the orchestration that sent it; `nil` for a client and for another entity.
        public var sender: String?
        /// The time at which the entity took it; `nil` if it is not known.
        public var since: Timestamp?

        /// The request as the API and the command line show it.
        package var json: JSONObjectWriter {
            var object = JSONObjectWriter()
            object.add("operation", operation)
            object.add("sender", ifPresent: sender)
            object.add("sinceTime", ifPresent: since.map { ISO8601.text($0) })
            return object
        }
    }

    /// Reads an entity's row; `nil` for an instance that is none.
    ///
    /// - Parameter isWhole: whether the status tells what waits.
    package init?(_ status: OrchestrationStatus, isWhole: Bool = false) {
        guard let id = EntityID(instanceID: status.instanceID) else { return nil }
        self.id = id
        state = status.output
        lastOperationAt = status.lastUpdatedAt
        createdAt = status.createdAt
        exists = false
        if isWhole {
            queued = status.waits.count + status.furtherWaits
            queue = status.waits.filter { $0.kind == .request }.map {
                QueuedRequest(operation: $0.name ?? "", sender: $0.instanceID, since: $0.since)
            }
        }
        guard let custom = status.customStatus, let node = try? JSONNode(custom) else { return }
        exists = node["entityExists"]?.bool ?? false
        lockedBy = node["lockedBy"]?.string
        lockedByExecution = node["lockedByExecution"]?.string
    }
}

/// The conditions of a listing of entities.
public struct EntityQuery: Sendable, Hashable {
    /// The name of the kind, without regard to case; `nil` for all kinds.
    public var name: String?
    /// The beginning of the name, if ``name`` is `nil`; or of the key, if it is not.
    public var prefix: String?
    /// Had its last operation at this time or later.
    public var lastOperationFrom: Timestamp?
    /// Had its last operation at this time or earlier.
    public var lastOperationTo: Timestamp?
    /// Whether to include the states.
    public var includeState: Bool
    /// Whether to include entities without a state: deleted ones, and ones that are only locked.
    public var includeDeleted: Bool
    /// The maximum number of entities of a page: 1 to 1000.
    public var limit: Int
    /// The place in an earlier page after which to begin.
    public var after: InstanceQuery.Cursor?

    /// A query; without conditions it lists all entities that exist.
    public init(
        name: String? = nil, prefix: String? = nil, lastOperationFrom: Timestamp? = nil,
        lastOperationTo: Timestamp? = nil, includeState: Bool = false, includeDeleted: Bool = false, limit: Int = 100,
        after: InstanceQuery.Cursor? = nil
    ) {
        self.name = name
        self.prefix = prefix
        self.lastOperationFrom = lastOperationFrom
        self.lastOperationTo = lastOperationTo
        self.includeState = includeState
        self.includeDeleted = includeDeleted
        self.limit = limit
        self.after = after
    }

    /// The same for the rows of entities.
    var rows: InstanceQuery {
        let beginning = prefix ?? ""
        var query = InstanceQuery(limit: limit)
        query.idPrefix = name.map { "@\($0.lowercased())@\(beginning)" } ?? "@\(beginning.lowercased())"
        query.updatedFrom = lastOperationFrom
        query.updatedTo = lastOperationTo
        query.after = after
        query.includeOutput = includeState
        return query
    }
}

/// A page of a listing of entities.
public struct EntityPage: Sendable, Hashable {
    /// The entities, the newest first. There may be fewer than the limit, or none, although there are more.
    public var entities: [EntityStatus]
    /// The place where the next page begins; `nil` after the last one.
    public var next: InstanceQuery.Cursor?
    /// The partitions that did not answer, by number.
    public var incomplete: [Int]
}

/// The result of a cleanup.
public struct EntityCleanup: Sendable, Hashable {
    /// The number of entities without state that were removed.
    public var emptyEntitiesRemoved = 0
    /// The number of locks of orchestrations that had ended without releasing them.
    public var orphanedLocksReleased = 0

    /// A result.
    public init(emptyEntitiesRemoved: Int = 0, orphanedLocksReleased: Int = 0) {
        self.emptyEntitiesRemoved = emptyEntitiesRemoved
        self.orphanedLocksReleased = orphanedLocksReleased
    }
}
