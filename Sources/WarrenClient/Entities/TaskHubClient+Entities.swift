public import Warren
import WarrenMessaging

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Sends operations to entities, and reads them.
extension TaskHubClient {
    // MARK: Signals

    /// Sends an operation to an entity, without an answer. Signals of one client to one entity run in their order.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - input: its input.
    ///   - key: the key of the entity.
    ///   - time: the time before which the operation does not run; `nil` for none.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only. Accepted does not mean that it
    ///     has run.
    /// - Throws: ``ClientError``.
    public func signal<State, Input, Output>(
        _ operation: EntityOperation<State, Input, Output>, _ input: Input, on key: String, at time: Date? = nil,
        until: Acknowledgement = .accepted
    ) async throws {
        let payload = try encode { try operation.encodeInput(input, with: codec) }
        try await signal(named: operation.name, payload, on: operation.entity[key], at: time, until: until)
    }

    /// Sends an operation without input to an entity, without an answer.
    public func signal<State, Output>(
        _ operation: EntityOperation<State, Void, Output>, on key: String, at time: Date? = nil,
        until: Acknowledgement = .accepted
    ) async throws {
        try await signal(operation, (), on: key, at: time, until: until)
    }

    /// Sends an operation by name, with an input that is JSON already.
    ///
    /// - Parameters:
    ///   - name: the operation's name; it is compared without regard to case.
    ///   - input: one JSON value.
    ///   - entity: the entity.
    ///   - time: the time before which the operation does not run; `nil` for none.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``.
    public func signal(
        named name: String, _ input: Payload = .null, on entity: EntityID, at time: Date? = nil,
        until: Acknowledgement = .accepted
    ) async throws {
        guard WireRules.isEventName(name), !name.hasPrefix("@") else {
            throw ClientError(
                .invalidArgument,
                "'\(name)' cannot name an operation: 1 to 100 bytes of UTF-8 without control characters and '/', not "
                    + "beginning with '@'.")
        }
        try await send(name, input, on: entity, at: time, until: until)
    }

    private func send(
        _ name: String, _ input: Payload, on entity: EntityID, at time: Date? = nil,
        until: Acknowledgement = .accepted
    ) async throws {
        try check(entity)
        try await deliver(.raise, until) {
            messages.signal(entity, name, input, due: time.map { Timestamp($0) }, reply: $0, ids: $1)
        }
    }

    // MARK: Reading

    /// The state of an entity as it was committed last; `nil` if it does not exist.
    ///
    /// - Throws: ``ClientError``; `WarrenError` if the state is not a `State`.
    public func state<State>(of entity: Entity<State>, _ key: String, timeout: Duration? = nil) async throws -> State? {
        guard let state = try await self.entity(entity[key], timeout: timeout)?.state else { return nil }
        return try entity.decodeState(state, with: codec)
    }

    /// An entity as it was committed last; `nil` if the hub has none of that ID, not even a deleted one.
    ///
    /// - Throws: ``ClientError``.
    public func entity(_ id: EntityID, timeout: Duration? = nil) async throws -> EntityStatus? {
        try check(id)
        return try await part(of: id.instanceID, false, from: nil, timeout).flatMap { EntityStatus($0, isWhole: true) }
    }

    /// One page of the entities that meet some conditions, the newest first.
    ///
    /// - Throws: ``ClientError``.
    public func entities(matching query: EntityQuery = EntityQuery(), timeout: Duration? = nil) async throws
        -> EntityPage
    {
        let page = try await list(query.rows, timeout: timeout)
        let entities = page.instances.compactMap { EntityStatus($0) }
        return EntityPage(
            entities: query.includeDeleted ? entities : entities.filter(\.exists), next: page.next,
            incomplete: page.incomplete)
    }

    // MARK: Cleaning

    /// Removes entities that have no state and nothing to do, and releases locks of orchestrations that have ended without
    /// releasing them.
    ///
    /// It walks through all entities. What it asks of each takes effect only if it still applies, so it can run at any
    /// time.
    ///
    /// - Throws: ``ClientError``: also when a partition does not answer.
    public func cleanEntities(removingEmpty: Bool = true, releasingLocks: Bool = true) async throws -> EntityCleanup {
        var cleanup = EntityCleanup()
        let query = EntityQuery(includeDeleted: true, limit: 500)
        for try await row in instances(matching: query.rows) {
            guard let entity = EntityStatus(row) else { continue }
            if let owner = entity.lockedBy, let execution = entity.lockedByExecution {
                guard releasingLocks else { continue }
                let status = try await part(of: owner, false, from: nil, nil)
                if let status, !status.runtimeStatus.isTerminal, status.executionID == execution { continue }
                let release = Payload(JSONValue.object(["execution": .string(execution)]))
                try await send(EntityRequest.Reserved.release, release, on: entity.id)
                cleanup.orphanedLocksReleased += 1
            } else if removingEmpty, !entity.exists {
                try await send(EntityRequest.Reserved.clean, .null, on: entity.id)
                cleanup.emptyEntitiesRemoved += 1
            }
        }
        return cleanup
    }

    private func check(_ entity: EntityID) throws {
        if let problem = entity.problem { throw ClientError(.invalidArgument, problem) }
    }
}
