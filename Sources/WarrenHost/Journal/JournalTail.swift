import AMQPMessages
import Warren
import WarrenMessaging

/// A message of a journal at its place.
struct JournalEntry: Sendable {
    enum Content: Sendable {
        case record(JournalRecord)
        /// Bytes that are no record: every reader skips them.
        case foreign([UInt8])
    }

    var offset: Int64
    var size: Int
    var content: Content

    var record: JournalRecord? {
        if case .record(let record) = content { return record }
        return nil
    }
}

/// Reads a journal in order, without missing a record: a reader that missed one would decide differently from the others.
struct JournalTail: Sendable {
    /// The number of offsets between two records that may be none of ours: RabbitMQ begins each segment of a stream with
    /// an entry of its own, which has an offset and is not delivered. A segment that was removed has more records: a
    /// journal's has 8 MiB at least, and a record 1 MiB at most.
    private static let mostSkipped: Int64 = 4

    let subscription: any MessageSubscription
    private let stream: String
    private let executor: (any TaskExecutor)?
    /// Returns the offset of the oldest record that the broker still has.
    private let oldest: @Sendable () async throws -> Int64?
    /// The offset of the next record; `nil` before the first one, if any may be first.
    private var next: Int64?
    /// Whether a record was read. The first one may be at a higher offset than asked for, if the journal was cut.
    private var hasBegun = false
    /// Entries that were read and given back.
    private var unread: [JournalEntry] = []

    init(
        _ subscription: any MessageSubscription, stream: String, next: Int64?, executor: (any TaskExecutor)? = nil,
        oldest: @escaping @Sendable () async throws -> Int64? = { nil }
    ) {
        self.subscription = subscription
        self.stream = stream
        self.next = next
        self.executor = executor
        self.oldest = oldest
    }

    /// Waits for the next records.
    ///
    /// - Returns: `nil` when the subscription was closed.
    /// - Throws: `StorageError` when the journal cannot be read any further.
    mutating func read() async throws -> [JournalEntry]? {
        if !unread.isEmpty {
            defer { unread = [] }
            return unread
        }
        let batch: [InboundMessage]?
        do {
            // An iterator is only a reference to its stream, so each pull may have its own.
            var batches = subscription.batches.makeAsyncIterator()
            batch = try await batches.next(isolation: #isolation)
        } catch let error as MessagingError {
            let isGone = error.code == .missing
            throw StorageError(
                isGone ? .journal : .io,
                "The journal cannot be read any further: \(error)" + (isGone ? " \(PartitionJournal.lossRemedy)" : ""),
                path: stream)
        }
        guard let batch else { return nil }
        var entries: [JournalEntry] = []
        entries.reserveCapacity(batch.count)
        var skipped: Int64?
        for message in batch {
            if hasBegun, let next, let offset = message.streamOffset, offset > next { skipped = skipped ?? next }
            entries.append(try entry(message))
        }
        if let skipped { try await check(skipped) }
        return entries
    }

    /// Makes sure that an offset that was skipped is an entry of the broker's, and no record that it removed before this
    /// host read it. It removes from the beginning on: what it still has precedes the offset, then.
    private func check(_ skipped: Int64) async throws {
        let first: Int64?
        do {
            first = try await oldest()
        } catch let error as MessagingError {
            throw StorageError(.io, "The beginning of the journal cannot be read: \(error)", path: stream)
        }
        if let first, first > skipped { throw cut(first, skipped) }
    }

    /// Opening the file again decides whether a snapshot has what was removed.
    private func cut(_ offset: Int64, _ next: Int64) -> StorageError {
        StorageError(
            .io,
            "The journal continues at \(offset) instead of \(next): the broker removed what this host had not read yet. If "
                + "that happens to a host that is not far behind, raise the stream's 'max-length-bytes', and remove "
                + "policies that lower it.", path: stream)
    }

    /// Waits for the next records for a limited time, after which the subscription is closed.
    ///
    /// - Returns: `nil` when the time was over, or the subscription was closed.
    mutating func read(within patience: Duration, on clock: any HostClock) async throws -> [JournalEntry]? {
        let tail = self
        let end = clock.makeAlarm { tail.close() }
        end.set(after: patience)
        defer { end.set(to: nil) }
        return try await read()
    }

    /// Closes the subscription, without waiting.
    func close() {
        let subscription = subscription
        Task(executorPreference: executor) { await subscription.close() }
    }

    /// Gives entries back: they are read again next.
    mutating func putBack(_ entries: some Sequence<JournalEntry>) { unread = entries + unread }

    private mutating func entry(_ message: InboundMessage) throws(StorageError) -> JournalEntry {
        guard let offset = message.streamOffset else {
            throw StorageError(
                .journal, "The queue '\(stream)' is no stream: somebody else declared it. Use another hub.",
                path: stream)
        }
        guard (0..<Int64.max).contains(offset) else {
            throw StorageError(
                .journal, "The broker gives a record of '\(stream)' the offset \(offset), which no stream has.",
                path: stream)
        }
        if hasBegun, let next, offset < next || offset - next > Self.mostSkipped {
            throw cut(offset, next)
        }
        hasBegun = true
        next = offset + 1
        do throws(JournalProblem) {
            let record = try JournalCodec.decode(message.body)
            return JournalEntry(offset: offset, size: message.body.count, content: .record(record))
        } catch {
            switch error.kind {
            case .foreign:
                return JournalEntry(offset: offset, size: message.body.count, content: .foreign(message.body))
            case .newer: throw StorageError(.newerSchema, error.message, path: stream)
            case .damaged, .tooLarge:
                throw StorageError(
                    .journal, "The journal is damaged at offset \(offset): \(error.message)", path: stream)
            }
        }
    }
}
