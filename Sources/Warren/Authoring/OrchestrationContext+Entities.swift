#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension OrchestrationContext {
    // MARK: Operations

    /// Runs an operation of an entity and waits for its result.
    ///
    /// - Throws: `EntityFailure` if the operation failed, and, of type `InvalidResult`, if its answer is not an `Output`;
    ///   `WarrenError` if the input cannot be written, the key is not acceptable, or other entities are locked;
    ///   `CancellationError` if the surrounding Swift task is cancelled. The operation goes on then.
    public func call<State, Input, Output>(
        _ operation: EntityOperation<State, Input, Output>, _ input: Input, on key: String,
        file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let slot = try asked(operation, input, key, site)
        let answer: Payload
        do {
            answer = try await core.payload(of: slot, ownsTask: true)
        } catch let failure as FailureDetails {
            throw EntityFailure(entity: operation.entity[key], operation: operation.name, details: failure)
        }
        return try result(answer, of: operation, on: key)
    }

    /// Runs an operation without input and waits for its result.
    public func call<State, Output>(
        _ operation: EntityOperation<State, Void, Output>, on key: String, file: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        try await call(operation, (), on: key, file: file, line: line)
    }

    /// Sends an operation to an entity, without an answer.
    ///
    /// Signals and calls of one execution to one entity take effect in their order; a scheduled signal stands apart.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - input: Its input.
    ///   - key: The key of the entity.
    ///   - time: The time before which the operation does not run; `nil` for none.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    /// - Throws: `WarrenError` if the input cannot be written, the key is not acceptable, or the entity is locked by this
    ///   orchestration.
    public func signal<State, Input, Output>(
        _ operation: EntityOperation<State, Input, Output>, _ input: Input, on key: String, at time: Date? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let core = core
        let site = CallSite(file, line)
        guard core.isLive(site) else { throw OrchestrationEvicted() }
        let payload = try operation.input.encode(input, core.codec)
        try core.signalEntity(
            operation.entity[key], operation.name, payload, due: time.map { Timestamp($0) }, site
        ) { operation.input.isEqual(input, $0, core.codec) }
    }

    /// Sends an operation without input to an entity, without an answer.
    public func signal<State, Output>(
        _ operation: EntityOperation<State, Void, Output>, on key: String, at time: Date? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try signal(operation, (), on: key, at: time, file: file, line: line)
    }

    // MARK: Locks

    /// Runs code while entities are locked for this orchestration: no other sender's operations run there meanwhile.
    ///
    /// Several entities are locked in one order for all orchestrations, so that no two of these wait for each other. In
    /// the code only the locked entities can be called, they cannot be signalled, no sub-orchestration can be called, and
    /// no further lock taken. The lock ends with the code, however that ends, and with the orchestration in any case.
    ///
    /// ```swift
    /// try await context.withLock(on: Bank.account["alice"], Bank.account["bob"]) {
    ///     try await context.call(Bank.withdraw, 5, on: "alice")
    ///     try await context.call(Bank.deposit, 5, on: "bob")
    /// }
    /// ```
    ///
    /// - Throws: What the code throws; `WarrenError` with code `lockedEntities` if this orchestration has locked entities
    ///   already.
    public func withLock<Result>(
        on entities: EntityID..., file: StaticString = #fileID, line: UInt = #line, body: () async throws -> Result
    ) async throws -> Result {
        try await withLock(on: entities, file: file, line: line, body: body)
    }

    /// Runs code while entities are locked for this orchestration: no other sender's operations run there meanwhile.
    public func withLock<Result>(
        on entities: [EntityID], file: StaticString = #fileID, line: UInt = #line, body: () async throws -> Result
    ) async throws -> Result {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        guard let first = entities.first else { return try await body() }
        let slot = try core.requestLock(entities, site)
        do {
            _ = try await core.payload(of: slot, ownsTask: true)
        } catch let failure as FailureDetails {
            core.forgetLock()
            throw EntityFailure(entity: first, operation: EntityRequest.Reserved.lock, details: failure)
        }
        let result: Result
        do {
            result = try await body()
        } catch {
            // If the release cannot be asked for, the execution has failed, and its partition releases the lock.
            try core.releaseLock(site)
            throw error
        }
        try core.releaseLock(site)
        return result
    }

    // MARK: What they share

    @inline(never)
    private func asked<State, Input, Output>(
        _ operation: EntityOperation<State, Input, Output>, _ input: Input, _ key: String, _ site: CallSite
    ) throws -> TaskSlot {
        let core = core
        let payload = try operation.input.encode(input, core.codec)
        return try core.callEntity(operation.entity[key], operation.name, payload, site) {
            operation.input.isEqual(input, $0, core.codec)
        }
    }

    @inline(never)
    private func result<State, Input, Output>(
        _ answer: Payload, of operation: EntityOperation<State, Input, Output>, on key: String
    ) throws -> Output {
        do {
            return try operation.output.decode(answer, core.codec)
        } catch let error as WarrenError where error.code == .payloadNotDecodable {
            throw EntityFailure(
                entity: operation.entity[key], operation: operation.name,
                details: .unreadable(FailureDetails.UnreadableType.result, "The answer", error))
        }
    }
}
