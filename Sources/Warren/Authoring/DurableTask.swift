/// A handle on a call, a timer or a wait for an event that was started and has not been awaited yet.
///
/// Handles compare by identity, so the winner of `any` can be compared with the handles that were passed to it.
public struct DurableTask<Value: Sendable>: Sendable, Hashable {
    let core: OrchestratorCore
    let slot: TaskSlot
    private let decode: @Sendable (Payload, any PayloadCodec) throws -> Value
    private let site: CallSite
    /// The kind of the call; `nil` for timers and events.
    private let called: TaskFailure.Kind?

    init(
        _ core: OrchestratorCore, _ slot: TaskSlot, _ site: CallSite, _ called: TaskFailure.Kind? = nil,
        _ decode: @escaping @Sendable (Payload, any PayloadCodec) throws -> Value
    ) {
        self.core = core
        self.slot = slot
        self.site = site
        self.called = called
        self.decode = decode
    }

    /// The result, as soon as there is one. It may be awaited often, and from several child tasks.
    ///
    /// - Throws: `TaskFailure` if the work failed, and, of type `InvalidResult`, if its answer is not a `Value`;
    ///   `WarrenError` if the call could not be made; `CancellationError` if the task was cancelled, or the Swift task that
    ///   awaits it is.
    public var value: Value {
        get async throws {
            guard core.admits(site) else {
                core.leaveIfCancelled([slot])
                throw await core.refusal(site)
            }
            return try read(try await core.payload(of: slot, ownsTask: false))
        }
    }

    /// Cancels an activity, a timer or a wait for an event: its `value` throws `CancellationError` from then on, unless it
    /// has settled. Sub-orchestrations and operations of entities cannot be cancelled: they continue, and this does
    /// nothing. It does nothing either once the task has settled and its value was read.
    ///
    /// An activity's answer does not count any more, and no further attempt is made. A worker that runs it is told, and
    /// its Swift task is cancelled, normally within a second.
    ///
    /// An event that the task had taken, and that the orchestrator has not read, goes to the next wait for it.
    public func cancel() {
        guard core.isLive(site) else { return }
        switch slot.kind {
        case .timer: core.cancelTimer(slot)
        case .event: core.withdrawEvent(slot)
        case .activity: core.cancelActivity(slot)
        case .composite: slot.retrying?.cancel()
        case .subOrchestration, .entity: break
        }
    }

    /// This handle without its type.
    public var erased: AnyDurableTask { AnyDurableTask(slot: slot) }

    /// The value of a settled task.
    func result() throws -> Value {
        try read(try core.answer(of: slot))
    }

    private func read(_ payload: Payload) throws -> Value {
        guard let called else { return try decode(payload, core.codec) }
        return try core.read(payload, of: slot, called, decode)
    }

    /// Whether both are the same task.
    public static func == (left: DurableTask, right: DurableTask) -> Bool { left.slot === right.slot }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(slot)) }
}

/// A handle without its type: what `any` returns for handles of several types.
///
/// ```swift
/// let winner = try await context.any(approval, deadline)
/// if winner == approval { … }
/// ```
public struct AnyDurableTask: Sendable, Hashable {
    let slot: TaskSlot

    /// Whether both are the same task.
    public static func == (left: AnyDurableTask, right: AnyDurableTask) -> Bool { left.slot === right.slot }

    /// Whether this is the same task.
    public static func == <Value>(left: AnyDurableTask, right: DurableTask<Value>) -> Bool { left.slot === right.slot }

    /// Whether this is another task.
    public static func != <Value>(left: AnyDurableTask, right: DurableTask<Value>) -> Bool { left.slot !== right.slot }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(slot)) }
}
