import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Runs the operations of a partition's entities beside the partition's loop: an operation that takes long delays its own
/// entity only.
///
/// The operations of one entity run one after the other, those of different entities at the same time. An outcome is an
/// input of the partition: with its commit the state, the answers and the signals become durable together. If the process
/// ends before that, the operations run again.
final class EntityRunner: Sendable {
    /// The maximum number of entities of a partition with operations that run at the same time.
    private static let mostEntities = 128
    /// The time after which an entity's results are kept before more of its operations run.
    private static let mostTime = Duration.milliseconds(500)

    private let setup: PartitionSetup
    private let mailbox: PartitionMailbox
    private let batches: AsyncStream<EntityBatch>
    private let input: AsyncStream<EntityBatch>.Continuation
    private let spans = SpanSource.current

    init(setup: PartitionSetup, mailbox: PartitionMailbox) {
        self.setup = setup
        self.mailbox = mailbox
        // Bounded by the requests that may wait for entities: each has at most one batch here.
        (batches, input) = AsyncStream.makeStream()
    }

    /// Takes operations to run.
    func begin(_ batch: EntityBatch) {
        setup.unseenWork?.begin()
        if case .terminated = input.yield(batch) { setup.unseenWork?.end() }
    }

    /// Runs what is taken, until ``finish()`` is called or the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await batch in batches {
                if running >= Self.mostEntities {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.run(batch) }
            }
            group.cancelAll()
        }
    }

    /// Takes nothing more, and cancels what runs: the next owner of the partition runs it again.
    func finish() { input.finish() }

    private func run(_ batch: EntityBatch) async {
        defer { setup.unseenWork?.end() }
        let start = setup.clock.now
        var end = EntityRunEnd(ticket: batch.ticket, state: batch.state, outcomes: [])
        for operation in batch.operations {
            guard let outcome = await run(operation, of: batch.entity, &end.state) else { break }
            end.outcomes.append(outcome)
            if setup.clock.now.duration(since: start) > Self.mostTime { break }
        }
        // Without an outcome the partition is about to end.
        if !end.outcomes.isEmpty { mailbox.add(PartitionInput(.operationsEnded(end))) }
    }

    /// Runs one operation.
    ///
    /// - Returns: `nil` if it was cancelled: it runs again.
    private func run(
        _ operation: QueuedOperation, of entity: EntityID, _ state: inout Payload?
    ) async -> EntityOutcome? {
        let ledger = setup.crashGuard.ledger
        let subject = OperationGuard.subject(entity)
        let culprit = OperationGuard.culprit(operation)
        let metrics = setup.metrics.host.entity(entity.name)
        switch ledger.verdict(onOperation: subject, culprit: culprit) {
        case .ordinary, .alone: break
        case .culprit(let suspect), .instance(let suspect):
            metrics.tookOut()
            return .killed(OperationDeaths(count: suspect.deaths, since: suspect.firstSeen, subject: subject))
        }
        let run = await ledger.operations.begin(entity, operation, now: setup.clock.now)
        defer { ledger.operations.end(run) }
        if Task.isCancelled { return nil }
        let span = spans.map { EntitySpan(of: operation, on: entity, source: $0, clock: setup.clock) }
        let start = ContinuousClock.now
        var next = state
        let outcome: EntityOutcome?
        if let span {
            outcome = await span.run { await self.outcome(of: operation, of: entity, &next) }
        } else {
            outcome = await self.outcome(of: operation, of: entity, &next)
        }
        span?.end(outcome)
        guard let outcome else { return nil }
        state = next
        let isFailed = if case .failed = outcome { true } else { false }
        metrics.ended(failed: isFailed, nanoseconds: start.nanosecondsAgo)
        if ledger.hasSuspectedOperations { ledger.change { $0.survived(operation: subject, culprit: culprit) } }
        return outcome
    }

    private func outcome(
        of operation: QueuedOperation, of entity: EntityID, _ state: inout Payload?
    ) async -> EntityOutcome? {
        let functions = setup.functions
        let request = operation.request
        let context = EntityContext(
            entity: entity, operation: operation.name, callerID: request.caller?.instanceID, isCall: !request.isSignal,
            idempotencyKey: "\(entity):\(operation.id)", codec: functions.codec, logger: setup.logger)
        var next = state
        do {
            guard let known = functions.entity(entity.name), let body = known.body(operation.name) else {
                throw UnknownOperation(
                    operation.name, of: entity, known: functions.entity(entity.name)?.names ?? [])
            }
            let result = try await body(&next, request.input, context)
            try check(result, "The result", of: operation, entity)
            if let next { try check(next, "The state after", of: operation, entity) }
            for case .signal(_, _, let signal) in context.effects {
                try check(signal.input, "A signal", of: operation, entity)
            }
            state = next
            return .completed(result, context.effects)
        } catch  where Task.isCancelled {
            // Only the end of the partition cancels. Whatever error follows, it is not the operation's.
            return nil
        } catch {
            return .failed(FailureDetails(error, with: functions.codec))
        }
    }

    /// Refuses what is too large to be sent or kept: the operation fails, and its state stays.
    private func check(
        _ payload: Payload, _ what: String, of operation: QueuedOperation, _ entity: EntityID
    ) throws {
        let limit = setup.configuration.payloadLimits.message
        guard payload.bytes.count > limit else { return }
        throw FailureDetails.payloadTooLarge(
            "\(what) of operation '\(operation.name)' of '\(entity)'", bytes: payload.bytes.count, limit: limit)
    }
}
