import Logging
import Warren
import WarrenMessaging

/// Reads what external publishers sent and brings it to the partition of its instance: into the mailbox of our own, or
/// over the broker to another host's. Messages that say nothing we understand become dead letters.
struct IntakeRelay: Sendable {
    let decoder: IntakeDecoder
    let wire: PartitionWire
    let partitions: [Int: PartitionMailbox]
    let publisher: ReliablePublisher
    let clock: any HostClock
    let logger: Logger

    /// Relays until the subscription ends. What comes after the stop flag is set is left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        for try await batch in subscription.batches where !stop.isSet {
            var own: [Int: [PartitionInput]] = [:]
            for message in batch {
                let receipt = Receipt.delivery(subscription, message.tag)
                switch decoder.read(message) {
                case .success(let reading):
                    // The message is acknowledged when all that it led to is safe.
                    let parts = reading.commands.count + (reading.lostReply == nil ? 0 : 1)
                    let receipt = parts == 1 ? receipt : .part(SharedReceipt(receipt, parts: parts))
                    if let lostReply = reading.lostReply { buryReply(message, lostReply, receipt) }
                    for command in reading.commands { relay(command, message, receipt, &own) }
                case .failure(let refusal): refuse(message, refusal, receipt)
                }
            }
            for (partition, inputs) in own { partitions[partition]?.add(inputs) }
        }
    }

    private func relay(
        _ command: Command, _ message: InboundMessage, _ receipt: Receipt, _ own: inout [Int: [PartitionInput]]
    ) {
        let partition = partition(of: command)
        guard wire.hasPartition(partition) else { return refuse(message, .noPartition(partition), receipt) }
        if partitions[partition] != nil {
            var input = PartitionInput(.command(command), receipt: receipt, source: message)
            // Questions and purges make no work: they are taken at any time.
            switch command {
            case .query, .purge: break
            default: input.isIntake = true
            }
            own[partition, default: []].append(input)
        } else {
            publisher.publish([wire.outgoing(wire.encode(command, partition: partition))]) { end in
                if end.isSafeOrHopeless { Receipt.settle([receipt]) }
            }
        }
    }

    /// Tells that a message is taken and only its answer is lost.
    private func buryReply(_ message: InboundMessage, _ refusal: Refusal, _ receipt: Receipt) {
        logger.notice(
            "The answer to a message is lost",
            metadata: [
                "exchange": "\(message.exchange)", "key": "\(message.routingKey)", "detail": "\(refusal.detail)",
            ])
        publisher.publish([wire.deadLetter(message, refusal, isTaken: true, partition: nil, at: clock.now)]) { end in
            if end.isSafeOrHopeless { Receipt.settle([receipt]) }
        }
    }

    private func partition(of command: Command) -> Int {
        // Every host can describe the hub.
        if case .query(let query) = command, case .describe = query.question, let any = partitions.keys.min() {
            return any
        }
        return wire.partition(of: command)
    }

    private func refuse(_ message: InboundMessage, _ refusal: Refusal, _ receipt: Receipt) {
        logger.notice(
            "A message was refused",
            metadata: [
                "exchange": "\(message.exchange)", "key": "\(message.routingKey)",
                "reason": "\(refusal.reason.rawValue)", "detail": "\(refusal.detail)",
            ])
        // First safe as a dead letter, then acknowledged.
        publisher.publish([wire.deadLetter(message, refusal, partition: nil, at: clock.now)]) { end in
            if end.isSafeOrHopeless { Receipt.settle([receipt]) }
        }
        if let reply = decoder.replyAddress(of: message), reply.mode != .none {
            publisher.publish([
                wire.reply(
                    ReplyMessage(address: reply, status: .rejected, instanceID: nil, body: wire.json(refusal)))
            ])
        }
    }
}

extension Refusal {
    fileprivate static func noPartition(_ number: Int) -> Refusal {
        Refusal(
            .badHeader,
            "The header 'warren-partition' says \(number), and the hub has no partition of that number. 'hub/describe' "
                + "says how many there are; they are counted from 0.")
    }
}
