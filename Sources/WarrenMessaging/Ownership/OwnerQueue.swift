import AMQP
package import Logging
import WarrenSupport

/// A partition's owner queue: which store the partition belongs to.
///
/// The first record in the queue decides, and the broker's order is the same for everyone, so of several hosts that
/// write at the same moment exactly one finds itself first. No host holds the record: it lies in the queue, whatever
/// becomes of hosts and connections. Readers are kept apart by a lock, because a record that one of them has fetched
/// would be missing for another.
///
/// That a queue is read to its end is known by a message of one's own that comes back: a queue's length, which a broker
/// would tell, is 0 as long as a quorum queue has no leader.
package struct OwnerQueue: Sendable {
    /// What became of a claim.
    package enum Claim: Sendable, Hashable {
        case owned
        /// The partition belongs to another store. Nothing has changed.
        case refused(OwnerRecord)
        /// The partition belongs to this store, which had more commits when the record was written. Nothing has changed.
        case outdated(OwnerRecord)
    }

    /// The queue's name.
    package let name: String
    let transport: any MessageTransport
    let logger: Logger
    private let readerLock: String
    private let hostLock: String

    /// From how many deliveries on a record is written anew: the broker drops a message after 100,000 of them, and each
    /// refused start is one.
    private static let deliveriesBeforeRenewal: Int64 = 1000
    /// How long one reading may take.
    static let readingTime: Duration = .seconds(10)

    package init(
        _ hub: TaskHubName, partition: Int, of count: Int, on transport: any MessageTransport, logger: Logger
    ) {
        name = hub.ownerQueue(partition, of: count)
        readerLock = hub.ownerReaderLock(partition, of: count)
        hostLock = hub.ownerLock(partition, of: count)
        self.transport = transport
        self.logger = logger
    }

    /// Makes a store the owner of the partition, unless it belongs to another one. The record then says where the store
    /// is now.
    ///
    /// 1. Read everything there is. 2. If it is another's, or a newer state of this one, leave it so. 3. Write a record. 4. Read up to it. 5. If another
    /// one came first after all, take it back. 6. Otherwise remove all other records.
    ///
    /// - Parameters:
    ///   - replacingVolatile: whether a store in memory may be replaced: only with the host's lock, which tells that the
    ///     host is gone and its store with it.
    ///   - patience: how long to try; `nil` without end, for as long as the queue exists.
    ///   - commits: how many commits the store has, if it is to be refused when it had more before.
    package func claim(
        _ record: OwnerRecord, replacingVolatile: Bool, patience: Duration?, having commits: Int64? = nil
    ) async throws -> Claim {
        try await retrying(patience) {
            try await read(lock: readerLock) { reading in
                // 1.
                try await reading.readAll()
                func another() -> OwnerRecord? {
                    let entry = reading.ledger.deciding(for: record.storeID, replacingVolatile: replacingVolatile)
                    return entry.map(\.record).flatMap { $0.storeID == record.storeID ? nil : $0 }
                }
                // 2.
                if let other = another() {
                    // What an attempt of ours that was cut short may have left behind it.
                    reading.remove { $0.record.storeID == record.storeID }
                    try await reading.renew(after: Self.deliveriesBeforeRenewal)
                    return .refused(other)
                }
                if let commits {
                    let own = reading.ledger.records.map(\.record).filter { $0.storeID == record.storeID }
                    if let newest = own.max(by: { $0.commits ?? 0 < $1.commits ?? 0 }), newest.commits ?? 0 > commits {
                        try await reading.renew(after: Self.deliveriesBeforeRenewal)
                        return .outdated(newest)
                    }
                }
                // 3. and 4.
                let id = try await reading.append(record)
                // 5.
                if let other = another() {
                    reading.remove { $0.id == id }
                    return .refused(other)
                }
                // 6.
                reading.remove { $0.id != id }
                return .owned
            }
        }
    }

    /// Whose the partition is.
    package func owner(patience: Duration? = .seconds(10)) async throws -> OwnerRecord? {
        try await retrying(patience) {
            try await read(lock: readerLock) { reading in
                try await reading.readAll()
                try await reading.renew(after: Self.deliveriesBeforeRenewal)
                return reading.ledger.records.first?.record
            }
        }
    }

    /// Forgets whose the partition is: the next host that starts gets it.
    ///
    /// - Returns: whose it was.
    /// - Throws: `MessagingError.Code.inUse` while a host has the partition open.
    package func release(patience: Duration = .seconds(2)) async throws -> OwnerRecord? {
        try await retrying(patience) {
            try await read(lock: hostLock) { reading in
                try await reading.readAll()
                reading.remove { _ in true }
                return reading.ledger.records.first?.record
            }
        }
    }

    /// Consumes the queue and reads it, then puts back what was not removed.
    private func read<Result>(
        lock: String, _ body: (inout OwnerReading) async throws -> Result
    ) async throws -> Result {
        let subscription = try await transport.consume(name, prefetch: 2000, on: ConsumeTerms(lock: lock))
        let result: Swift.Result<Result, any Error>
        do {
            let value = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await Task.sleep(for: Self.readingTime)
                    await subscription.close()
                }
                defer { group.cancelAll() }
                var reading = OwnerReading(subscription, queue: name, transport: transport)
                return try await body(&reading)
            }
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        // In a task of its own, which is not cancelled with this one: the record has to be back in the queue.
        await Task { await subscription.close() }.value
        return try result.get()
    }

    /// Tries again what may pass: another reader, a broker that recovers, a connection that was lost.
    private func retrying<Result>(
        _ patience: Duration?, _ body: () async throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        var backoff = Backoff(first: .milliseconds(10), ceiling: .seconds(1))
        var isToldWhy = false
        while true {
            do {
                return try await body()
            } catch let error where Self.mayPass(error) {
                // A queue that stays missing was deleted; without it nobody knows whose the partition is.
                let isMissing = (error as? MessagingError)?.code == .missing
                let limit = isMissing ? min(patience ?? .seconds(60), .seconds(60)) : patience
                if let limit, .now - start > limit { throw error }
                if !isToldWhy, .now - start > .seconds(1) {
                    isToldWhy = true
                    logger.notice(
                        "Whose a partition is cannot be read yet; trying again",
                        metadata: ["queue": "\(name)", "reason": "\(error)"])
                }
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as MessagingError: [.inUse, .missing, .interrupted].contains(error.code)
        case let error as AMQPError: error.isTransient
        default: false
        }
    }
}
