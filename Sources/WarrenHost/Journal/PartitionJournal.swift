import AMQPMessages
import Warren
import WarrenMessaging

/// A partition's journal in the broker: a stream to which hosts append, and which all of them read.
struct PartitionJournal: Sendable {
    let partition: Int
    /// The name of the stream.
    let stream: String
    let transport: any MessageTransport
    /// Runs the tasks that read; `nil` for the system's executor.
    let executor: (any TaskExecutor)?

    init(
        _ names: TaskHubName, partition: Int, of count: Int, on transport: any MessageTransport,
        executor: (any TaskExecutor)? = nil
    ) {
        self.partition = partition
        stream = names.journalStream(partition, of: count)
        self.transport = transport
        self.executor = executor
    }

    /// Appends records in order, without waiting.
    ///
    /// A broker's confirmation does not mean that a record counts, nor that it stays: a record is safe when it was read
    /// back and counts.
    ///
    /// - Parameters:
    ///   - confirmed: called at most once if the broker confirmed all of them, which says nothing that could be relied on.
    ///   - failed: called at most once, on a thread of the transport, if a record did not arrive or may not have arrived.
    func append(
        _ records: [[UInt8]], confirmed: (@Sendable () -> Void)? = nil,
        failed: @escaping @Sendable (StorageError) -> Void
    ) {
        let properties = MessageProperties(isPersistent: true)
        let messages = records.map { OutboundMessage(routingKey: stream, properties: properties, body: $0) }
        transport.publish(messages) { outcomes in
            if let error = outcomes.lazy.compactMap(problem(of:)).first { failed(error) } else { confirmed?() }
        }
    }

    /// Appends one record and waits for the broker's answer.
    func append(_ record: JournalRecord) async throws { try await append(foreign: try encoded(record)) }

    /// Appends bytes, which may be no record, and waits for the broker's answer.
    func append(foreign bytes: [UInt8]) async throws {
        let error = await withCheckedContinuation { continuation in
            let message = OutboundMessage(
                routingKey: stream, properties: MessageProperties(isPersistent: true), body: bytes)
            transport.publish([message]) { outcomes in
                let outcome = outcomes.first ?? .unknown(reason: "the transport named no outcome")
                continuation.resume(returning: problem(of: outcome))
            }
        }
        if let error { throw error }
    }

    func encoded(_ record: JournalRecord) throws(StorageError) -> [UInt8] {
        do throws(JournalProblem) {
            return try JournalCodec.encode(record)
        } catch {
            throw StorageError(.misuse, error.message, path: stream)
        }
    }

    /// Reads the journal from an offset on.
    func tail(from start: StreamStart) async throws -> JournalTail {
        do {
            return JournalTail(
                try await transport.tail(stream, from: start), stream: stream, next: start.firstOffset,
                executor: executor, oldest: oldest)
        } catch let error as MessagingError {
            throw problem(error)
        }
    }

    /// Returns the offset of the oldest record that the broker still has.
    private func oldest() async throws -> Int64? {
        let subscription = try await transport.tail(stream, from: .first)
        do {
            var batches = subscription.batches.makeAsyncIterator()
            let batch = try await batches.next(isolation: #isolation)
            await subscription.close()
            return batch?.first?.streamOffset
        } catch {
            await subscription.close()
            throw error
        }
    }

    private func problem(of outcome: PublishOutcome) -> StorageError? {
        switch outcome {
        case .confirmed: nil
        case .returned:
            // A broker that has just started also returns messages for a stream that it has not found yet. The reader of the
            // stream learns whether it was deleted.
            StorageError(.unconfirmed, "The broker returned a record: it has no such stream at present.", path: stream)
        case .rejected(let code, let text):
            StorageError(
                .journal,
                "The broker does not let this host append to the stream '\(stream)' (\(code) \(text)). Grant its user "
                    + "the right to write to the default exchange (amq.default).", path: stream)
        case .tooLarge(let bytes, let limit):
            StorageError(
                .journal,
                "A record of \(bytes) bytes is too large for the broker, which takes \(limit). Raise its "
                    + "'max_message_size' to 2 MiB or more.", path: stream)
        case .refused, .unconfirmed, .unknown, .invalid:
            StorageError(.unconfirmed, "The broker did not confirm a record: \(outcome).", path: stream)
        }
    }

    private func problem(_ error: MessagingError) -> StorageError {
        if error.code == .missing {
            return StorageError(
                .journal, "The broker has no stream '\(stream)'. \(Self.lossRemedy)", path: stream)
        }
        if MessagingError.mayPass(error) {
            return StorageError(.io, "The journal cannot be read: \(error)", path: stream)
        }
        return StorageError(.journal, "The journal cannot be read: \(error)", path: stream)
    }

    /// The remedy for a journal that was deleted.
    static let lossRemedy =
        "If it was deleted, what the hosts' files hold is all there is: keep them. Stop all hosts, and 'warren hub reseed' "
        + "makes another journal from the files."
}

extension StreamStart {
    /// The offset of the first record that is expected, if it is known.
    fileprivate var firstOffset: Int64? {
        if case .offset(let offset) = self { return offset }
        return nil
    }
}
