import AMQPMessages
import WarrenSupport

/// One reading of an owner queue, from its consumption to its close.
struct OwnerReading {
    private(set) var ledger = OwnerLedger()
    private let subscription: any MessageSubscription
    private let queue: String
    private let transport: any MessageTransport
    private var batches: AsyncThrowingStream<[InboundMessage], any Error>.Iterator

    init(_ subscription: any MessageSubscription, queue: String, transport: any MessageTransport) {
        self.subscription = subscription
        self.queue = queue
        self.transport = transport
        batches = subscription.batches.makeAsyncIterator()
    }

    /// Reads all messages that are in the queue now, and removes obsolete ones.
    mutating func readAll() async throws {
        let id = WireID.random()
        try await write(OwnerCodec.probe(id: id, queue: queue))
        try await read(through: id)
        // No other reader has the queue open now, so no reader waits for these probes.
        subscription.acknowledge(ledger.obsoleteTags)
    }

    /// Writes a record behind all others and reads up to it.
    ///
    /// - Returns: its ID.
    mutating func append(_ record: OwnerRecord) async throws -> String {
        let id = WireID.random()
        try await write(OwnerCodec.encode(record, id: id, queue: queue))
        try await read(through: id)
        return id
    }

    /// Writes the deciding record anew if the broker has delivered it often, and removes the old one.
    func renew(after deliveries: Int64) async throws {
        guard let first = ledger.records.first, first.deliveries >= deliveries else { return }
        // Hosts that were killed while their claim was being refused have left records behind this one. These records
        // are removed first, and the next reading renews: one of them would decide if the connection ended between two
        // acknowledgements.
        guard ledger.records.count == 1 else {
            return subscription.acknowledge(ledger.records.dropFirst().map(\.tag))
        }
        try await write(OwnerCodec.encode(first.record, id: WireID.random(), queue: queue))
        subscription.acknowledge([first.tag])
    }

    /// Removes records.
    func remove(where isGone: (OwnerLedger.Entry) -> Bool) {
        subscription.acknowledge(ledger.records.filter(isGone).map(\.tag))
    }

    private mutating func read(through id: String) async throws {
        while !ledger.hasSeen(id) {
            guard let batch = try await batches.next(isolation: #isolation) else {
                try Task.checkCancellation()
                throw MessagingError(.interrupted, "The queue '\(queue)' did not answer in time. Try again.")
            }
            ledger.add(batch)
        }
    }

    private func write(_ message: OutboundMessage) async throws {
        // Neither a cancelled caller nor one with an expired time limit waits for a broker that is in an alarm.
        let slot = OneShot<Result<PublishOutcome, any Error>>()
        transport.publish([message]) { outcomes in
            slot.fulfil(.success(outcomes.first ?? .unknown(reason: "the transport named no outcome")))
        }
        let outcome = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: OwnerQueue.readingTime)
                slot.fulfil(.success(.unknown(reason: "the broker confirms nothing; it may be in an alarm")))
            }
            defer { group.cancelAll() }
            return try await slot.answer()
        }
        switch outcome {
        case .confirmed: return
        case .returned:
            throw MessagingError(.missing, "There is no queue '\(queue)'. Provision the task hub's topology first.")
        case .rejected, .invalid, .tooLarge:
            throw MessagingError(
                .unsupported,
                "The broker does not let this host write to the queue '\(queue)': \(outcome). Grant its user the right to "
                    + "write to the default exchange (amq.default).")
        case .refused, .unconfirmed, .unknown:
            throw MessagingError(
                .interrupted,
                "The queue '\(queue)' did not take a message: \(outcome). Look at the broker.")
        }
    }
}
