import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Reads the messages of external publishers and passes each to the partition of its instance. Messages without a
/// meaning that we understand become dead letters.
final class IntakeRelay: Sendable {
    private let decoder: IntakeDecoder
    /// Takes larger bodies than the decoder; `nil` in a hub without a payload folder.
    private let large: LargeIntake?
    private let wire: PartitionWire
    private let partitions: [Int: PartitionIntake]
    /// The same intakes by number: operations on all of them run in the same order in every process.
    private let inOrder: [PartitionIntake]
    private let publisher: ReliablePublisher
    private let clock: any HostClock
    private let logger: Logger
    /// Whether a look at the partitions is scheduled. It goes by time that really passes, whatever a test's clock
    /// shows.
    private let isLookSet = Mutex(false)
    private let alarm: Mutex<(any HostAlarm)?> = Mutex(nil)

    /// - Parameter watch: the clock for the looks at the partitions; `nil` if nothing can keep the messages that one of
    ///   them does not take.
    init(
        decoder: IntakeDecoder, large: LargeIntake? = nil, wire: PartitionWire, partitions: [Int: PartitionIntake],
        publisher: ReliablePublisher, clock: any HostClock, logger: Logger, watch: (any HostClock)?
    ) {
        self.decoder = decoder
        self.large = large
        self.wire = wire
        self.partitions = partitions
        inOrder = partitions.sorted { $0.key < $1.key }.map(\.value)
        self.publisher = publisher
        self.clock = clock
        self.logger = logger
        guard let watch else { return }
        let alarm = watch.makeAlarm { [weak self] in self?.look() }
        self.alarm.withLock { $0 = alarm }
    }

    /// Relays until the subscription ends. Messages that arrive after the stop flag is set are left to the next host.
    ///
    /// - Parameter window: the number of messages that the subscription may have at once, if bodies may be large.
    func run(
        _ subscription: any MessageSubscription, stop: StopFlag, window: IntakeWindow? = nil
    ) async throws {
        var channel: UInt64?
        var window = window
        for try await batch in subscription.batches where !stop.isSet {
            if let first = batch.first, first.tag.channel != channel {
                channel = first.tag.channel
                for partition in inOrder { partition.beginRelay() }
            }
            var inputs: [Int: [PartitionInput]] = [:]
            var hasLarge = false
            for message in batch {
                guard let large, large.isFor(message) else {
                    relay(message, decoder.read(message), subscription, &inputs)
                    continue
                }
                // Storing takes time: the messages before this one need not wait for it.
                passOn(&inputs)
                hasLarge = true
                if let prefetch = window?.narrow(held: held) { await subscription.setPrefetch(prefetch) }
                guard let (stored, reading) = await large.read(message, stop: stop) else { continue }
                relay(stored, reading, subscription, &inputs)
            }
            passOn(&inputs)
            // Those behind a large one in its batch are held by partitions now.
            let prefetch = hasLarge ? window?.narrow(held: held) : window?.widen(after: batch.count)
            if let prefetch { await subscription.setPrefetch(prefetch) }
            lookLater()
        }
        alarm.withLock { $0?.set(to: nil) }
    }

    /// The number of messages of the intake that partitions have, and have not settled.
    private var held: Int { inOrder.reduce(0) { $0 + $1.share.count } }

    private func passOn(_ inputs: inout [Int: [PartitionInput]]) {
        for partition in inOrder {
            if let inputs = inputs[partition.partition] { partition.receive(inputs) }
        }
        inputs = [:]
    }

    private func relay(
        _ message: InboundMessage, _ reading: Result<IntakeDecoder.Reading, Refusal>,
        _ subscription: any MessageSubscription, _ inputs: inout [Int: [PartitionInput]]
    ) {
        let delivery = Receipt.delivery(subscription, message.tag)
        switch reading {
        case .success(let reading):
            // The message is acknowledged when all of its effects are safe.
            let parts = reading.commands.count + (reading.lostReply == nil ? 0 : 1)
            let shared = parts == 1 ? nil : SharedReceipt(delivery, parts: parts)
            if let lostReply = reading.lostReply {
                buryReply(message, lostReply, shared.map { .part($0) } ?? delivery)
            }
            for command in reading.commands { relay(command, message, subscription, shared, &inputs) }
        case .failure(let refusal): refuse(message, refusal, delivery)
        }
    }

    private func relay(
        _ command: Command, _ message: InboundMessage, _ subscription: any MessageSubscription,
        _ shared: SharedReceipt?, _ inputs: inout [Int: [PartitionInput]]
    ) {
        let plain = shared.map { Receipt.part($0) } ?? .delivery(subscription, message.tag)
        let number = partition(of: command)
        guard let intake = partitions[number] else { return refuse(message, .noPartition(number), plain) }
        if case .query(let query) = command, intake.isStopped { return reject(query, of: intake, plain) }
        if case .query(let query) = command, answersAtOnce(query, message, plain, intake) { return }
        let receipt: Receipt =
            if let shared {
                .intakePart(shared, intake.share)
            } else {
                .intake(subscription, message.tag, intake.share)
            }
        var input = PartitionInput(.command(command), receipt: receipt, source: message)
        // Questions and purges create no work: they are taken at any time.
        switch command {
        case .query, .purge: break
        default: input.isIntake = true
        }
        inputs[intake.partition, default: []].append(input)
    }

    /// Has a question about several instances answered from what is committed, past everything that waits for the
    /// partition: it has no order with the messages of other queues, and every effect that its caller was told of is
    /// committed.
    ///
    /// A question that was delivered before goes the usual way, which notices that it is too old, or that a process ended
    /// over it.
    ///
    /// - Returns: whether it is answered.
    private func answersAtOnce(
        _ query: QueryCommand, _ message: InboundMessage, _ receipt: Receipt, _ intake: PartitionIntake
    ) -> Bool {
        guard case .statuses = query.question, !message.isRedelivered, let desk = intake.desk,
            let question = PartitionQuestion(
                query, input: PartitionInput(.command(.query(query)), receipt: receipt, source: message))
        else { return false }
        desk.ask([question])
        return true
    }

    /// Reports that a message is taken and only its answer is lost.
    private func buryReply(_ message: InboundMessage, _ refusal: Refusal, _ receipt: Receipt) {
        logger.notice(
            "The answer to a message is lost",
            metadata: [
                LogKey.exchange: "\(message.exchange)", LogKey.key: "\(message.routingKey)",
                LogKey.detail: "\(refusal.detail)",
            ])
        publisher.publish([wire.deadLetter(message, refusal, isTaken: true, partition: nil, at: clock.now)]) { end in
            if end.isSafeOrHopeless { Receipt.settle([receipt]) }
        }
    }

    /// Checks after a while whether a partition with a full share has made progress.
    private func lookLater() {
        guard partitions.values.contains(where: \.isFull) else { return }
        let alarm = isLookSet.withLock { isSet -> (any HostAlarm)? in
            defer { isSet = true }
            return isSet ? nil : self.alarm.withLock { $0 }
        }
        alarm?.set(after: PartitionIntake.patience)
    }

    private func look() {
        isLookSet.withLock { $0 = false }
        for partition in inOrder { partition.look(partition.steady()) }
        lookLater()
    }

    private func partition(of command: Command) -> Int {
        // Every host that has a partition can describe the hub.
        if case .query(let query) = command, case .describe = query.question,
            let any = inOrder.first(where: \.isHere)?.partition
        {
            return any
        }
        return wire.partition(of: command)
    }

    /// Rejects a question that its partition cannot answer on any host. For a partition of another host it takes the
    /// detour, like everything else.
    private func reject(_ query: QueryCommand, of intake: PartitionIntake, _ receipt: Receipt) {
        guard let reply = query.context.reply, reply.mode != .none else { return Receipt.settle([receipt]) }
        let refusal = Refusal(
            .partitionStopped,
            "Partition \(intake.partition) of this hub is stopped: its file is damaged. The host's log says which file, "
                + "and what to do.")
        publisher.offer([
            wire.reply(
                ReplyMessage(address: reply, status: .rejected, instanceID: nil, body: wire.json(refusal)),
                at: clock.now)
        ]) { Receipt.settle([receipt]) }
    }

    private func refuse(_ message: InboundMessage, _ refusal: Refusal, _ receipt: Receipt) {
        logger.notice(
            "A message was refused",
            metadata: [
                LogKey.exchange: "\(message.exchange)", LogKey.key: "\(message.routingKey)",
                LogKey.reason: "\(refusal.reason.rawValue)", LogKey.detail: "\(refusal.detail)",
            ])
        var answer: OutboundMessage?
        if let reply = decoder.replyAddress(of: message), reply.mode != .none {
            answer = wire.reply(
                ReplyMessage(address: reply, status: .rejected, instanceID: nil, body: wire.json(refusal)),
                at: clock.now)
        }
        if let answer, decoder.isRefusedByReply(message) {
            // The answer is the only effect of the question, unless its caller is gone.
            publisher.publish([answer]) { end in
                if end != .abandoned { Receipt.settle([receipt]) }
            }
            return
        }
        // The message is first made safe as a dead letter, then acknowledged.
        publisher.publish([wire.deadLetter(message, refusal, partition: nil, at: clock.now)]) { end in
            if end.isSafeOrHopeless { Receipt.settle([receipt]) }
        }
        if let answer { publisher.publish([answer]) }
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
