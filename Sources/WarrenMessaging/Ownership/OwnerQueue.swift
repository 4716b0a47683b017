import AMQPMessages
package import Logging
import WarrenSupport

/// A partition's owner queue: it records which store the partition belongs to.
///
/// The first record in the queue decides. The broker's order is the same for all readers, so of several hosts that
/// write at the same moment exactly one finds its record first. No host holds the record: it stays in the queue when
/// hosts and connections end. A lock admits one reader at a time, because a record that one reader has fetched would be
/// missing for another.
///
/// A reader knows that it has read the queue to its end when a message that it published itself is delivered. The
/// length of the queue cannot be used for this: a broker reports 0 as long as a quorum queue has no leader.
package struct OwnerQueue: Sendable {
    /// The result of a claim.
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
    let hostLock: String

    /// The number of deliveries after which a record is written anew: the broker drops a message after 100,000 of them,
    /// and each refused start is one.
    private static let deliveriesBeforeRenewal: Int64 = 1000
    /// The time limit of one reading.
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

    /// Makes a store the owner of the partition, unless it belongs to another store. The record then names the place of
    /// the store.
    ///
    /// 1. Read all messages. 2. If the record is of another store, or of a newer state of this store, change nothing.
    ///    3. Write a record. 4. Read up to it. 5. If a record of another store is first after all, remove the new
    ///    record. 6. Otherwise remove all other records.
    ///
    /// - Parameters:
    ///   - replacingVolatile: whether a store in memory may be replaced: only under the host's lock, which proves that
    ///     the host is gone and its store with it.
    ///   - patience: the time limit; `nil` for no limit, as long as the queue exists.
    ///   - commits: the number of commits of the store, if the claim is to be refused when the store had more before.
    package func claim(
        _ record: OwnerRecord, replacingVolatile: Bool, patience: Duration?, having commits: Int64? = nil
    ) async throws -> Claim {
        try await retrying(patience) {
            try await read(lock: readerLock) { reading in
                // Step 1: reads all messages.
                try await reading.readAll()
                func another() -> OwnerRecord? {
                    let entry = reading.ledger.deciding(for: record.storeID, replacingVolatile: replacingVolatile)
                    return entry.map(\.record).flatMap { $0.storeID == record.storeID ? nil : $0 }
                }
                // Step 2: refuses the claim if another record decides.
                if let other = another() {
                    // An interrupted attempt of this store may have left records behind the first.
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
                // Steps 3 and 4: writes a record and reads up to it.
                let id = try await reading.append(record)
                // Step 5: removes the new record if another one is first.
                if let other = another() {
                    reading.remove { $0.id == id }
                    return .refused(other)
                }
                // Step 6: removes all other records.
                reading.remove { $0.id != id }
                return .owned
            }
        }
    }

    /// The store to which the partition belongs.
    package func owner(patience: Duration? = .seconds(10)) async throws -> OwnerRecord? {
        try await retrying(patience) {
            try await read(lock: readerLock) { reading in
                try await reading.readAll()
                try await reading.renew(after: Self.deliveriesBeforeRenewal)
                return reading.ledger.records.first?.record
            }
        }
    }

    /// Deletes the ownership record, so that the next host to start claims the partition.
    ///
    /// - Returns: the deleted record.
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

    /// Consumes the queue, reads it, and returns the messages that were not removed to the queue.
    ///
    /// - Parameter time: the limit of the reading.
    func read<Result>(
        lock: String, within time: Duration = readingTime, _ body: (inout OwnerReading) async throws -> Result
    ) async throws -> Result {
        let subscription = try await transport.consume(name, prefetch: 2000, on: ConsumeTerms(lock: lock))
        let result: Swift.Result<Result, any Error>
        do {
            let value = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await Task.sleep(for: time)
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
        // Runs in a task of its own, which is not cancelled with this one: the record has to be back in the queue.
        await Task { await subscription.close() }.value
        return try result.get()
    }

    /// Retries after errors that may pass: another reader, a broker that recovers, a connection that was lost.
    func retrying<Result>(
        _ patience: Duration?, _ body: () async throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        var backoff = Backoff(first: .milliseconds(10), ceiling: .seconds(1))
        var isToldWhy = false
        while true {
            do {
                return try await body()
            } catch let error where MessagingError.mayPass(error) {
                // A queue that stays missing was deleted; without it the owner of the partition is unknown.
                let isMissing = (error as? MessagingError)?.code == .missing
                let limit = isMissing ? min(patience ?? .seconds(60), .seconds(60)) : patience
                if let limit, .now - start > limit { throw error }
                if !isToldWhy, .now - start > .seconds(1) {
                    isToldWhy = true
                    logger.notice(
                        "Whose a partition is cannot be read yet; trying again",
                        metadata: [LogKey.queue: "\(name)", LogKey.reason: "\(error)"])
                }
                try await Task.sleep(for: backoff.next())
            }
        }
    }
}
