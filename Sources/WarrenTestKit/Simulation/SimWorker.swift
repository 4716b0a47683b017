import AMQPMessages
import Warren
import WarrenMessaging

/// A process that runs activities, and dies during some of them. The ledger records which ones ran.
final class SimWorker: @unchecked Sendable {
    private let world: SimWorld
    private let faults: SimFaults
    private let broker: SimBroker
    private let ledger: SimLedger
    private let connection: SimConnection
    private let items: WorkItemCodec
    private let results: WorkResultCodec
    private var consumer: SimConsumer?
    /// The time from which unlucky activities succeed.
    private let mendsAt: Int64
    /// The payload folder; `nil` in a hub without one.
    private let claims: ClaimCheck?

    /// The length of the lease that a worker requests.
    private static let lease = Duration.seconds(5)

    init(_ number: Int, _ broker: SimBroker, _ ledger: SimLedger, mendsAt: Int64 = 0, _ claims: ClaimCheck? = nil) {
        self.claims = claims
        self.mendsAt = mendsAt
        world = broker.world
        faults = broker.faults
        self.broker = broker
        self.ledger = ledger
        connection = SimConnection("worker-\(number)", broker)
        items = WorkItemCodec(hub: broker.names)
        results = WorkResultCodec(hub: broker.names)
        let consumer = SimConsumer(queue: broker.names.activityQueue(SimProgram.activityName), prefetch: 4) {
            [weak self] messages in
            for message in messages { self?.take(message) }
        }
        self.consumer = consumer
        broker.consume(consumer.queue, consumer)
    }

    private func take(_ message: InboundMessage) {
        guard case .success(let received) = items.decode(message) else {
            return world.fail("I2", SimNames.of(message), "a worker cannot read it")
        }
        let entity = SimNames.of(message)
        let call = SimLedger.Effect(
            execution: received.item.token.executionID, task: received.item.token.taskID)
        ledger.begin(call)
        let fate = faults.strikes(
            .workerDiesBefore, .workerDiesAfterEffect, .workerDiesAfterResult, .workerAnswersTwice, .workerIsSlow,
            .workerFallsSilent, .workerIsLate, .workerReleases, of: entity)
        world.after(faults.delay("work", entity, most: 20_000)) { [self] in
            switch fate {
            case .workerDiesBefore:
                ledger.end(call)
                die()
            case .workerDiesAfterEffect:
                effect(received)
                ledger.end(call)
                die()
            case .workerDiesAfterResult:
                answer(received) { [self] in die() }
            case .workerAnswersTwice:
                answer(received) { [self] in answer(received) { [self] in acknowledge(message) } }
            case .workerIsSlow: takeLease(received, message, answersAfter: 3_000_000)
            case .workerFallsSilent:
                ledger.end(call)
                takeLease(received, message, answersAfter: nil)
            case .workerIsLate:
                // What it does after its lease is over is not counted.
                ledger.end(call)
                takeLease(received, message, answersAfter: 200_000_000)
            case .workerReleases:
                ledger.end(call)
                publish(.released, received) { [self] in acknowledge(message) }
            default:
                answer(received) { [self] in acknowledge(message) }
            }
        }
    }

    private func takeLease(
        _ received: WorkItemCodec.Received, _ message: InboundMessage, answersAfter time: Int64?
    ) {
        publish(.heartbeat(lease: Self.lease), received) { [self] in acknowledge(message) }
        guard let time else { return }
        world.after(time) { [self] in answer(received) {} }
    }

    private func answer(_ received: WorkItemCodec.Received, _ done: @escaping @Sendable () -> Void) {
        effect(received)
        ended(received)
        let outcome: WorkResult.Outcome =
            if let result = SimProgram.result(input(of: received.item), isMended: world.time >= mendsAt) {
                .completed(stored(result, of: received.item))
            } else {
                .failed(FailureDetails(type: SimProgram.plannedFailure, message: "As planned.", isNonRetriable: true))
            }
        publish(outcome, received, done)
    }

    /// The input of an activity, from the payload folder if it is there.
    private func input(of item: WorkItem) -> Payload {
        guard let claims, item.takesReferences else { return item.input }
        // One whose instance is gone is not needed: a result of anything is dropped.
        return (try? claims.claim(item.input, of: item.token.instanceID)) ?? item.input
    }

    private func stored(_ result: Payload, of item: WorkItem) -> Payload {
        guard let claims, item.takesReferences else { return result }
        return (try? claims.checkIn(result, for: [item.token.instanceID])) ?? result
    }

    private func effect(_ received: WorkItemCodec.Received) {
        ledger.effects.insert(
            .init(execution: received.item.token.executionID, task: received.item.token.taskID))
    }

    private func ended(_ received: WorkItemCodec.Received) {
        ledger.end(
            .init(execution: received.item.token.executionID, task: received.item.token.taskID), isAnswered: true)
    }

    /// Publishes a message until the broker has it.
    private func publish(
        _ outcome: WorkResult.Outcome, _ received: WorkItemCodec.Received, _ done: @escaping @Sendable () -> Void
    ) {
        let message = results.encode(
            outcome, replyTo: received.replyTo, correlationID: received.correlationID,
            attempt: received.item.attempt)
        connection.publish([message]) { [self] outcomes in
            if outcomes.first == .confirmed { return done() }
            world.after(50_000) { [self] in publish(outcome, received, done) }
        }
    }

    private func acknowledge(_ message: InboundMessage) {
        guard let consumer else { return }
        broker.acknowledged([message.tag], by: consumer)
    }

    /// Ends the worker's process, and starts another one in its place.
    private func die() {
        guard let consumer else { return }
        broker.endChannel(of: consumer)
    }
}
