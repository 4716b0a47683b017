import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// The reason why a snapshot cannot be used; another one may do.
struct SnapshotProblem: Error, CustomStringConvertible {
    var description: String
}

/// A stream of its own that holds a copy of a partition's file in pieces.
enum SnapshotStream {
    /// The size of a piece, in bytes.
    static let pieceBytes = 512 << 10
    /// The number of pieces on their way to the broker at once.
    static let mostSent = 8
    /// The time without a piece after which a snapshot is given up.
    static let patience = Duration.seconds(10)

    static func topology(_ stream: String) -> Topology {
        Topology(queues: [.init(name: stream, arguments: ["x-queue-type": "stream"])])
    }
}

/// Reads a snapshot from its stream.
struct SnapshotDownload {
    let snapshot: JournalSnapshot
    let transport: any MessageTransport
    let clock: any HostClock
    /// Runs the tasks that end a wait; `nil` for the system's executor.
    private let executor: (any TaskExecutor)?

    init(_ snapshot: JournalSnapshot, of journal: PartitionJournal, clock: any HostClock) {
        self.snapshot = snapshot
        transport = journal.transport
        executor = journal.executor
        self.clock = clock
    }

    /// Writes the copy to a file, and checks that it is complete. An incomplete one is removed.
    ///
    /// - Throws: `SnapshotProblem` if it is not.
    func write(to file: any CopiedFile) async throws {
        do {
            try await read { piece in try file.append(piece) }
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
    }

    /// Reads the copy without keeping it.
    ///
    /// - Throws: `SnapshotProblem` if it is not complete.
    func check() async throws { try await read { _ in } }

    private func read(_ take: ([UInt8]) throws -> Void) async throws {
        let subscription: any MessageSubscription
        do {
            subscription = try await transport.tail(snapshot.stream, from: .first)
        } catch let error as MessagingError {
            throw SnapshotProblem(description: "\(error)")
        }
        do {
            try await read(subscription, take)
            await subscription.close()
        } catch {
            await subscription.close()
            throw error
        }
    }

    private func read(_ subscription: any MessageSubscription, _ take: ([UInt8]) throws -> Void) async throws {
        var hash = SHA256()
        var rest = snapshot.bytes
        while rest > 0 {
            let end = clock.makeAlarm { [executor] in
                Task(executorPreference: executor) { await subscription.close() }
            }
            end.set(after: SnapshotStream.patience)
            defer { end.set(to: nil) }
            let batch: [InboundMessage]?
            do {
                var batches = subscription.batches.makeAsyncIterator()
                batch = try await batches.next(isolation: #isolation)
            } catch let error as MessagingError {
                throw SnapshotProblem(description: "\(error)")
            }
            guard let batch else {
                try Task.checkCancellation()
                throw SnapshotProblem(description: "\(rest) of its \(snapshot.bytes) bytes are missing.")
            }
            for message in batch where rest > 0 {
                guard message.body.count <= rest else {
                    throw SnapshotProblem(description: "It has more bytes than the \(snapshot.bytes) that were noted.")
                }
                hash.add(message.body)
                try take(message.body)
                rest -= UInt64(message.body.count)
            }
        }
        guard hash.digest() == snapshot.sha256 else {
            throw SnapshotProblem(description: "Its SHA-256 is another one than was noted.")
        }
    }
}

/// Writes a copy of a partition's file to a stream of its own.
struct SnapshotUpload {
    let stream: String
    let transport: any MessageTransport

    /// - Parameter position: the position that the copy holds. The file is closed.
    /// - Throws: `SnapshotProblem` if the broker does not take it.
    func send(_ file: any CopiedFile, at position: JournalPosition) async throws -> JournalSnapshot {
        defer { file.close() }
        do {
            _ = try await transport.provision(SnapshotStream.topology(stream))
        } catch {
            throw SnapshotProblem(description: "The stream cannot be declared: \(error)")
        }
        var hash = SHA256()
        var bytes: UInt64 = 0
        while true {
            var pieces: [[UInt8]] = []
            while pieces.count < SnapshotStream.mostSent {
                let piece = try file.read(most: SnapshotStream.pieceBytes)
                if piece.isEmpty { break }
                hash.add(piece)
                bytes += UInt64(piece.count)
                pieces.append(piece)
            }
            if pieces.isEmpty { break }
            try await publish(pieces)
            try Task.checkCancellation()
        }
        return JournalSnapshot(stream: stream, bytes: bytes, sha256: hash.digest(), position: position)
    }

    private func publish(_ pieces: [[UInt8]]) async throws {
        let messages = pieces.map { piece in
            OutboundMessage(routingKey: stream, properties: MessageProperties(isPersistent: true), body: piece)
        }
        let outcomes = await withCheckedContinuation { continuation in
            transport.publish(messages) { continuation.resume(returning: $0) }
        }
        if let outcome = outcomes.first(where: { $0 != .confirmed }) {
            throw SnapshotProblem(description: "The broker did not take a piece: \(outcome)")
        }
    }
}
