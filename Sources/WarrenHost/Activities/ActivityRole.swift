import Logging
import Synchronization
import Warren
import WarrenMessaging

/// Runs activities: one queue for each that is registered here, and no others.
///
/// A work item is acknowledged when its result is confirmed. An activity that runs long is acknowledged earlier, under a
/// lease that the orchestrator's host keeps (see `LeaseKeeper`), because a broker closes channels that hold a delivery
/// for too long.
final class ActivityRole: Sendable {
    private let functions: FunctionRegistry
    private let wire: WorkerWire
    private let publisher: ReliablePublisher
    private let clock: any HostClock
    private let limiter: Limiter
    private let leases: LeaseKeeper
    private let configuration: HostConfiguration
    private let logger: Logger

    init(
        functions: FunctionRegistry, wire: WorkerWire, publisher: ReliablePublisher, clock: any HostClock,
        configuration: HostConfiguration, logger: Logger
    ) {
        self.functions = functions
        self.wire = wire
        self.publisher = publisher
        self.clock = clock
        self.configuration = configuration
        self.logger = logger
        limiter = Limiter(configuration.maximumConcurrentActivities)
        leases = LeaseKeeper(
            clock: clock, leaseAfter: configuration.leaseAfter, lease: configuration.lease, publisher: publisher)
    }

    /// Runs what one queue brings, until the subscription ends and the last activity has returned.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await batch in subscription.batches {
                for message in batch {
                    if stop.isSet { break }
                    await limiter.enter()
                    // What is not begun when the host stops goes back to the queue.
                    if stop.isSet {
                        limiter.leave()
                        break
                    }
                    group.addTask {
                        await self.execute(message, from: subscription)
                        self.limiter.leave()
                    }
                }
            }
        }
    }

    /// Waits for the activities that run to end. Afterwards none can begin.
    func finish() async {
        for _ in 0..<configuration.maximumConcurrentActivities { await limiter.enter() }
    }

    private func execute(_ message: InboundMessage, from subscription: any MessageSubscription) async {
        let delivery = WorkDelivery(subscription: subscription, tag: message.tag)
        let call: WorkCall
        switch wire.decode(message) {
        case .success(let decoded): call = decoded
        case .failure(let refusal): return refuse(message, refusal, delivery)
        }
        let item = call.item
        guard let body = functions.activity(item.activity) else {
            let refusal = Refusal(.unknownKind, "No activity '\(item.activity)' is registered here.")
            return refuse(message, refusal, delivery)
        }
        let lines = PrintedLines()
        let context = ActivityContext(
            instanceID: item.token.instanceID, executionID: item.token.executionID,
            orchestration: item.orchestration, activity: item.activity, taskID: item.token.taskID,
            attempt: item.attempt, logger: logger, printLine: lines.add)
        let outcome: WorkResult.Outcome
        if call.deliveries >= configuration.maximumActivityDeliveries {
            outcome = .failed(
                FailureDetails(
                    type: "ActivityKillsWorkers",
                    message: "The work item was delivered \(call.deliveries) times, and every worker ended before it "
                        + "answered.",
                    isNonRetriable: true))
        } else {
            let beat = leases.begin(call, delivery, wire: wire)
            do {
                outcome = .completed(try await body(item.input, context))
            } catch  where Task.isCancelled {
                // Only we cancel activities: because the grace period is over, or the queue is lost. Whatever it threw,
                // it is not the activity's failure. The work item is handed back, by the broker or when its lease ends.
                leases.end(beat)
                return
            } catch {
                outcome = .failed(FailureDetails(error))
            }
            leases.end(beat)
        }
        let messages = lines.messages(of: item, at: clock.now, wire: wire) + [wire.result(outcome, of: call)]
        publisher.publish(messages) { end in
            switch end {
            case .confirmed: delivery.acknowledge()
            case .unroutable:
                context.logger.error("Nobody takes the activity's result", metadata: ["reply-to": "\(call.replyTo)"])
                delivery.acknowledge()
            case .abandoned: break
            }
        }
    }

    private func refuse(_ message: InboundMessage, _ refusal: Refusal, _ delivery: WorkDelivery) {
        logger.warning(
            "A work item was refused",
            metadata: ["reason": "\(refusal.reason.rawValue)", "detail": "\(refusal.detail)"])
        publisher.publish([wire.deadLetter(message, refusal, at: clock.now)]) { end in
            if end == .confirmed { delivery.acknowledge() }
        }
    }
}

/// A delivered work item that is acknowledged once, whoever comes first.
final class WorkDelivery: Sendable {
    private let subscription: any MessageSubscription
    private let tag: DeliveryTag
    private let isAcknowledged = Atomic(false)

    init(subscription: any MessageSubscription, tag: DeliveryTag) {
        self.subscription = subscription
        self.tag = tag
    }

    func acknowledge() {
        if !isAcknowledged.exchange(true, ordering: .acquiringAndReleasing) { subscription.acknowledge([tag]) }
    }
}

/// The console lines of one activity, published with its result.
final class PrintedLines: Sendable {
    private let lines = Mutex<[(level: ConsoleLevel, text: String)]>([])

    func add(_ level: ConsoleLevel, _ text: String) {
        lines.withLock { $0.append((level, text)) }
    }

    func messages(of item: WorkItem, at time: Timestamp, wire: WorkerWire) -> [OutboundMessage] {
        lines.withLock { $0 }.enumerated().map { number, line in
            wire.console(
                ConsoleMessage(
                    text: line.text, level: line.level, instanceID: item.token.instanceID,
                    executionID: item.token.executionID, orchestration: item.orchestration,
                    number: "\(item.token.taskID):c\(number)", at: time))
        }
    }
}
