import AMQPMessages
import CoreMetrics
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Runs activities: one queue for each that is registered here, and no others.
///
/// A work item is acknowledged when its result is confirmed. A long activity's item is acknowledged earlier, under a
/// lease that the orchestrator's host keeps (see `LeaseKeeper`), because a broker closes channels that hold a delivery
/// for too long.
final class ActivityRole: Sendable {
    private let functions: FunctionRegistry
    private let wire: WorkerWire
    private let publisher: ReliablePublisher
    private let clock: any HostClock
    let slots: ActivitySlots
    /// Takes work of this process's partitions past the broker; `nil` if none is to be taken.
    private let local: LocalActivities?
    private let metrics: HostMetrics
    let leases: LeaseKeeper
    private let maximumDeliveries: Int
    private let payloads: ActivityPayloads
    private let spans = SpanSource.current
    let logger: Logger

    init(
        functions: FunctionRegistry, wire: WorkerWire, publisher: ReliablePublisher, clock: any HostClock,
        configuration: HostConfiguration, slots: ActivitySlots, local: LocalActivities? = nil,
        payloads: ActivityPayloads = ActivityPayloads(claims: nil), metrics: HostMetrics = .none, logger: Logger
    ) {
        self.payloads = payloads
        self.metrics = metrics
        self.functions = functions
        self.wire = wire
        self.publisher = publisher
        self.clock = clock
        maximumDeliveries = configuration.activities.maximumDeliveries
        self.logger = logger
        self.slots = slots
        self.local = local
        leases = LeaseKeeper(
            clock: clock, wire: wire, leaseAfter: configuration.leases.after, lease: configuration.leases.duration,
            publisher: publisher, slots: slots)
    }

    /// Runs the work items of one queue, until the subscription ends and the last activity has returned.
    ///
    /// - Parameter prefetch: the prefetch that the subscription was made with.
    func run(
        _ subscription: any MessageSubscription, of activity: String, prefetch: Int, stop: StopFlag
    ) async throws {
        let queue = WorkQueue(activity, subscription, slots: slots, most: prefetch, logger: logger)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await queue.adjust() }
            defer { queue.finish() }
            for try await batch in subscription.batches {
                for message in batch {
                    if stop.isSet { break }
                    let delivery = WorkDelivery(message, from: queue)
                    guard await slots.enter() else {
                        returnToQueue(message, delivery)
                        continue
                    }
                    // Items that have not begun when the host stops go back to the queue.
                    if stop.isSet {
                        slots.leave(wasLeased: false)
                        break
                    }
                    group.addTask {
                        let wasLeased = await self.execute(message, delivery)
                        self.slots.leave(wasLeased: wasLeased)
                        self.metrics.show(self.slots.places)
                    }
                }
            }
        }
    }

    /// Runs the work items that this process's partitions do not give to the broker, until ``finish()``.
    func runLocal(stop: StopFlag) async {
        await local?.run { [self] work in
            guard !stop.isSet else {
                slots.leave(wasLeased: false)
                return LocalWork.giveToBroker([work])
            }
            // Its partition has left this host while it waited: the next owner gives it out.
            guard !work.dispatcher.isSilent else {
                slots.leave(wasLeased: false)
                return work.leave()
            }
            let wasLeased = await execute(work)
            slots.leave(wasLeased: wasLeased)
            metrics.show(slots.places)
        }
    }

    /// Waits until the running activities have ended. Afterwards none can begin.
    func finish() async {
        local?.finish()
        await slots.close()
    }

    /// Returns the work items that are under a lease and not done, so that a worker with free places gets them now.
    func release() async { await leases.releaseAll() }

    /// Returns items for which there is no place. It does not use `basic.reject`: the broker counts that as it counts
    /// the deaths of workers, and an item that is unlucky too often would be given up.
    private func returnToQueue(_ message: InboundMessage, _ delivery: WorkDelivery) {
        switch wire.decode(message) {
        case .success(let call):
            logger.debug("A work item returns to its queue", metadata: [LogKey.activity: "\(call.item.activity)"])
            settle(delivery, after: [wire.result(.released, of: call)], of: call)
        case .failure(let refusal): refuse(message, refusal, delivery)
        }
    }

    /// Runs one work item, and returns whether its place came under a lease.
    ///
    /// The values of an `async` function are in memory of its task, which is allocated for each work item. So this function is
    /// small: the two parts that do not wait are functions of their own, and the compiler must not merge them into it.
    private func execute(_ message: InboundMessage, _ delivery: WorkDelivery) async -> Bool {
        guard let attempt = begin(message, delivery) else { return false }
        return await finish(attempt)
    }

    /// Runs one work item that came past the broker.
    private func execute(_ work: LocalWork) async -> Bool {
        guard let attempt = begin(work) else { return false }
        return await finish(attempt)
    }

    private func finish(_ attempt: WorkAttempt) async -> Bool {
        do {
            return conclude(attempt, .success(try await attempt.result(payloads)))
        } catch {
            return conclude(attempt, .failure(error))
        }
    }

    /// Prepares the run of a work item that came past the broker, as a value if it is one.
    @inline(never)
    private func begin(_ work: LocalWork) -> WorkAttempt? {
        let delivery = WorkDelivery(work)
        guard let call = work.call, wire.takes(call.item), let body = functions.activity(call.item.activity) else {
            return begin(work.message, delivery)
        }
        return begin(call, delivery, body)
    }

    /// Prepares the run of a work item.
    ///
    /// - Returns: `nil` if it is not to run: it is answered then, if it needs an answer.
    @inline(never)
    private func begin(_ message: InboundMessage, _ delivery: WorkDelivery) -> WorkAttempt? {
        let call: WorkCall
        switch wire.decode(message) {
        case .success(let decoded): call = decoded
        case .failure(let refusal):
            refuse(message, refusal, delivery)
            return nil
        }
        let item = call.item
        guard let body = functions.activity(item.activity) else {
            refuse(
                message, Refusal(.unknownKind, "No activity '\(item.activity)' is registered here."), delivery)
            return nil
        }
        return begin(call, delivery, body)
    }

    private func begin(
        _ call: WorkCall, _ delivery: WorkDelivery, _ body: @escaping FunctionRegistry.ActivityBody
    ) -> WorkAttempt? {
        let item = call.item
        let span = spans.map { ActivitySpan(of: item, source: $0, clock: clock) }
        guard call.deliveries < maximumDeliveries else {
            let failure = WorkResult.Outcome.failed(
                FailureDetails(
                    type: "ActivityKillsWorkers",
                    message: "The work item was delivered \(call.deliveries) times, and every worker ended before it "
                        + "answered.",
                    isNonRetriable: true))
            span?.end(failure)
            settle(delivery, after: [wire.result(failure, of: call)], of: call)
            return nil
        }
        guard let run = leases.begin(call, delivery) else {
            // It was given up before it began: nobody waits for an answer.
            span?.end(nil)
            delivery.acknowledge()
            return nil
        }
        let lines = PrintedLines(of: item, publisher: publisher, wire: wire, clock: clock)
        metrics.show(slots.places)
        return WorkAttempt(
            run: run, body: body, context: context(of: item, trace: span?.trace ?? item.trace, lines: lines, run),
            lines: lines, span: span, timers: metrics.activity(item.activity))
    }

    /// Ends the run of a work item: answers it, if anybody waits for the answer. Returns whether its place came under a lease.
    @inline(never)
    private func conclude(_ attempt: WorkAttempt, _ result: Result<Payload, any Error>) -> Bool {
        let (run, call, timers) = (attempt.run, attempt.run.call, attempt.timers)
        let time = attempt.start.nanosecondsAgo
        let outcome: WorkResult.Outcome
        switch result {
        case .success(let payload):
            outcome = .completed(payload)
            timers.completed.recordNanoseconds(time)
        case .failure where run.isCanceled:
            timers.canceled.recordNanoseconds(time)
            // The caller gave the call up: whatever the code did or threw, its answer would be dropped.
            attempt.lines.finish()
            attempt.span?.end(nil)
            run.delivery.acknowledge()
            return leases.end(run.number).wasLeased
        case .failure where Task.isCancelled:
            timers.returned.recordNanoseconds(time)
            // Only this host cancels activities: because the grace period is over, or the queue is lost. Whatever
            // error follows, it is not the activity's failure. The work item is returned, by the broker or when its
            // lease ends.
            attempt.span?.end(nil)
            run.delivery.leave()
            return leases.end(run.number).wasLeased
        case .failure(let error):
            timers.failed.recordNanoseconds(time)
            outcome = .failed((error as? PayloadFailure)?.details ?? FailureDetails(error, with: functions.codec))
        }
        let ended = leases.end(run.number)
        attempt.lines.finish()
        attempt.span?.end(outcome)
        var earlier: [WorkResult.Outcome] = []
        // The next attempt begins with the last details.
        if case .failed = outcome, let details = ended.details {
            earlier.append(.heartbeat(lease: Self.lastLease, details: details))
        }
        answer(run, earlier, wire.sendable(outcome, of: call))
        return ended.wasLeased
    }

    /// The lease of a heartbeat that an answer follows.
    private static let lastLease = Duration.seconds(60)

    private func context(
        of item: WorkItem, trace: TraceContext?, lines: PrintedLines, _ run: ActivityRun
    ) -> ActivityContext {
        ActivityContext(
            instanceID: item.token.instanceID, executionID: item.token.executionID,
            orchestration: item.orchestration, activity: item.activity, taskID: item.token.taskID,
            attempt: item.attempt, retryAttempt: item.retryAttempt, idempotencyKey: item.idempotencyKey,
            timeouts: item.timeouts, trace: trace, previousHeartbeat: item.previousHeartbeat, codec: functions.codec,
            logger: logger, printLine: lines.add, control: run)
    }

    /// Answers a work item to the partition, past the broker if the item came so.
    private func answer(_ run: ActivityRun, _ earlier: [WorkResult.Outcome], _ outcome: WorkResult.Outcome) {
        guard !run.delivery.isLocal || !answerPastBroker(run, earlier, outcome) else { return }
        settle(run.delivery, after: messages(earlier + [outcome], of: run.call), of: run.call)
    }

    /// Answers a work item with values.
    ///
    /// - Returns: `false` if the answers have to be sent as messages.
    private func answerPastBroker(
        _ run: ActivityRun, _ earlier: [WorkResult.Outcome], _ outcome: WorkResult.Outcome
    ) -> Bool {
        func result(_ outcome: WorkResult.Outcome) -> WorkResult? {
            WorkResultCodec.carried(outcome).map {
                WorkResult(token: run.call.item.token, outcome: $0, attempt: run.call.item.attempt)
            }
        }
        let first = earlier.compactMap(result)
        guard first.count == earlier.count, let last = result(outcome) else { return false }
        return run.delivery.answer(first, last) { [self] in
            publisher.publish(messages(earlier + [outcome], of: run.call))
        }
    }

    private func messages(_ outcomes: [WorkResult.Outcome], of call: WorkCall) -> [OutboundMessage] {
        outcomes.map { wire.result($0, of: call) }
    }

    /// Acknowledges a work item when the answer to it is safe, or when no caller waits for one.
    private func settle(_ delivery: WorkDelivery, after messages: [OutboundMessage], of call: WorkCall) {
        publisher.publish(messages) { [self] end in
            guard case .unsendable(let reason) = end else { return conclude(delivery, end, call.replyTo) }
            // The broker accepts smaller messages than hosts do. The waiting orchestrator gets the reason.
            publisher.publish([wire.unsendable(reason, of: call)]) { [self] end in
                conclude(delivery, end, call.replyTo)
            }
        }
    }

    private func conclude(_ delivery: WorkDelivery, _ end: ReliablePublisher.End, _ replyTo: String) {
        switch end {
        case .confirmed: delivery.acknowledge()
        case .unroutable, .unsendable:
            logger.error("Nobody takes an activity's result", metadata: [LogKey.replyTo: "\(replyTo)"])
            delivery.acknowledge()
        case .abandoned: break
        }
    }

    /// Answers a work item that cannot be run, and keeps it as a dead letter. The caller gets an answer if the item
    /// names it.
    private func refuse(_ message: InboundMessage, _ refusal: Refusal, _ delivery: WorkDelivery) {
        logger.warning(
            "A work item was refused",
            metadata: [LogKey.reason: "\(refusal.reason.rawValue)", LogKey.detail: "\(refusal.detail)"])
        let answer = wire.answer(refusal, to: message)
        // The item is first made safe as a dead letter, then answered, then acknowledged.
        publisher.publish([wire.deadLetter(message, refusal, at: clock.now)]) { [self] end in
            switch end {
            case .confirmed, .unsendable: break
            case .unroutable, .abandoned: return
            }
            guard let answer else { return delivery.acknowledge() }
            publisher.publish([answer]) { [self] end in conclude(delivery, end, answer.routingKey) }
        }
    }
}
