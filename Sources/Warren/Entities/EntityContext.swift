public import Logging
import Synchronization
import WarrenSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The facts that an operation has about its entity and its caller, and what it may ask for.
///
/// Signals and starts take place when the operation has succeeded and its state is durable, once; if it throws, they do
/// not take place. An operation may await anything, as an activity may; like an activity it runs at least once.
public final class EntityContext: Sendable {
    private struct State {
        var effects: [EntityEffect] = []
        var isDeleted = false
    }

    /// The entity.
    public let entity: EntityID
    /// The name of the operation.
    public let operation: String
    /// The ID of the orchestration that called or signalled; `nil` for a signal of a client or of another entity.
    public let callerID: String?
    /// Whether a caller waits for the result.
    public let isCall: Bool
    /// The same for every run of this operation: pass it to systems that recognise repeated requests.
    public let idempotencyKey: String
    private let codec: any PayloadCodec
    private let baseLogger: Logger
    private let state = Mutex(State())

    package init(
        entity: EntityID, operation: String, callerID: String?, isCall: Bool, idempotencyKey: String,
        codec: any PayloadCodec, logger: Logger
    ) {
        self.entity = entity
        self.operation = operation
        self.callerID = callerID
        self.isCall = isCall
        self.idempotencyKey = idempotencyKey
        self.codec = codec
        baseLogger = logger
    }

    /// A logger; the entity's ID is in its metadata.
    public var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: LogKey.instance] = "\(entity)"
        return logger
    }

    /// Deletes the state when the operation has succeeded: the entity then does not exist.
    public func deleteState() {
        state.withLock { $0.isDeleted = true }
    }

    /// Sends an operation to another entity, without an answer.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - input: Its input.
    ///   - key: The key of the entity.
    ///   - time: The time before which the operation does not run.
    /// - Throws: `WarrenError` if the key is not acceptable or the input cannot be written.
    public func signal<Target, Input, Output>(
        _ operation: EntityOperation<Target, Input, Output>, _ input: Input, on key: String, at time: Date? = nil
    ) throws {
        let target = operation.entity[key]
        if let problem = target.problem { throw WarrenError(.invalidInstanceID, problem) }
        let request = EntityRequest(
            isSignal: true, input: try operation.input.encode(input, codec), due: time.map { Timestamp($0) })
        state.withLock { $0.effects.append(.signal(target, operation: operation.name, request)) }
    }

    /// Sends an operation without input to another entity, without an answer.
    public func signal<Target, Output>(
        _ operation: EntityOperation<Target, Void, Output>, on key: String, at time: Date? = nil
    ) throws {
        try signal(operation, (), on: key, at: time)
    }

    /// Starts an orchestration; its end is not reported here.
    ///
    /// - Parameters:
    ///   - orchestration: The orchestration.
    ///   - input: Its input.
    ///   - id: Its instance ID; `nil` for a random one.
    ///   - time: The time at which it begins; `nil` for now.
    /// - Throws: `WarrenError` if the ID is not acceptable or the input cannot be written.
    public func startDetached<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, id: String? = nil, at time: Date? = nil
    ) throws {
        if let problem = id.flatMap({ NameRules.problem(instanceID: $0) }) {
            throw WarrenError(.invalidInstanceID, problem)
        }
        let effect = EntityEffect.start(
            name: orchestration.name, instanceID: id, input: try orchestration.input.encode(input, codec),
            startAt: time.map { Timestamp($0) })
        state.withLock { $0.effects.append(effect) }
    }

    /// What the operation asked for, in its order.
    package var effects: [EntityEffect] { state.withLock { $0.effects } }
    /// Whether the state is to be deleted.
    var isDeleted: Bool { state.withLock { $0.isDeleted } }
}
