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
    /// The offset of the next record; `nil` before the first one, if any may be first.
    private var next: Int64?
    /// Whether a record was read. The first one may be at a higher offset than asked for, if the journal was cut.
    private var hasBegun = false
    /// Entries that were read and given back.
    private var unread: [JournalEntry] = []

    init(
        _ subscription: any MessageSubscription, stream: String, next: Int64?, executor: (any TaskExecutor)? = nil
    ) {
        self.subscription = subscription
        self.stream = stream
        self.next = next
        self.executor = executor
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
        for message in batch { entries.append(try entry(message)) }
        return entries
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
            throw StorageError(
                .journal,
                "The journal continues at \(offset) instead of \(next): the broker removed what was not read yet. Raise "
                    + "the stream's 'max-length-bytes', and remove policies that lower it.", path: stream)
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
