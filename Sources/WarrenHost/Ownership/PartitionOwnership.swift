import Logging
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Ensures that a partition's queue is consumed only by the host that has the partition's store.
///
/// Two things exclude other hosts, for two reasons. The *record* in the owner queue names the store that the partition
/// belongs to, also while no host runs: a host with another store would take the messages and answer from an empty
/// history. The *lock* is held as long as the partition's queue is consumed: it excludes a second host with a copy of
/// the store.
struct PartitionOwnership: Sendable {
    let partition: Int
    let names: TaskHubName
    let configuration: HostConfiguration
    let storeID: String
    /// The store's last commit before it was opened.
    let commitBeforeOpening: CommitMark?
    /// Returns the store's last commit.
    let lastCommit: @Sendable () -> CommitMark?
    let queue: OwnerQueue
    let transport: any MessageTransport
    let clock: any HostClock
    /// The time for which a start waits for a lock that may be left from a host that is gone.
    let patience: Duration
    let logger: Logger

    /// Consumes the partition's queue, now and after every reconnect, as its owner.
    ///
    /// - Throws: ``HostError`` with the code `ownership`: at once if the partition belongs to another store, and after
    ///   `patience` if the lock is still held.
    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        let lock = names.ownerLock(partition, of: configuration.partitionCount)
        let terms = ConsumeTerms(lock: lock) { try await confirm(isAgain: $0, holdsLock: true) }
        let start = ContinuousClock.now
        var backoff = Backoff(first: .milliseconds(10), ceiling: .seconds(1))
        var isToldWhy = false
        while true {
            do {
                return try await transport.consume(queue, prefetch: prefetch, on: terms)
            } catch let error as MessagingError where error.code == .inUse || error.code == .missing {
                // If the owner queue is missing, the lock of a connection that ended was just being removed.
                let owner = try await self.queue.owner()
                if let owner, owner.storeID != storeID, !owner.isVolatile { throw refusal(owner, cause: nil) }
                guard .now - start < patience else {
                    throw error.code == .missing ? error : held(by: owner, cause: error)
                }
                if !isToldWhy, .now - start > .seconds(1) {
                    isToldWhy = true
                    logger.notice(
                        "A partition is held by another connection; waiting for the broker to give it up",
                        metadata: [
                            LogKey.partition: "\(partition)", LogKey.owner: "\(owner.map(\.description) ?? "unknown")",
                            LogKey.patience: "\(patience)",
                        ])
                }
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Makes sure that the partition belongs to our store, or to none so far, and writes that into its record.
    ///
    /// - Parameters:
    ///   - isAgain: whether this follows a reconnect. A broker that is not ready then is waited for without limit, as
    ///     everywhere.
    ///   - holdsLock: whether no other host can have the partition open.
    func confirm(isAgain: Bool, holdsLock: Bool) async throws {
        let having = isAgain || configuration.storage.acceptOlder ? nil : commitBeforeOpening
        let claim = try await queue.claim(
            record, replacingVolatile: holdsLock, patience: isAgain ? nil : .seconds(60), having: having?.number)
        switch claim {
        case .owned: break
        case .refused(let owner): throw refusal(owner, cause: nil)
        case .outdated(let owner):
            let noted = CommitMark(number: owner.commits ?? 0, time: owner.committedAt ?? owner.since)
            throw CommitGap.refusal([
                CommitGap(partition: partition, found: having, noted: noted, place: "by the hub's record in the broker")
            ])
        }
    }

    /// Records the store's last commit, while the partition is ours: nothing else reveals that the whole data directory
    /// is in an older state.
    func noteProgress() async throws {
        _ = try await queue.claim(record, replacingVolatile: true, patience: .seconds(1))
    }

    private var record: OwnerRecord {
        let last = lastCommit()
        return OwnerRecord(
            storeID: storeID, host: HostName.current, process: ProcessNumber.current,
            dataDirectory: configuration.storage.directory.map(DataDirectory.absolute), since: clock.now,
            commits: last?.number, committedAt: last?.time)
    }

    /// Explains why the queue was taken from a running host.
    func lost(_ error: MessagingError) async -> HostError {
        do {
            let owner = try await queue.owner()
            if let owner, owner.storeID != storeID { return refusal(owner, cause: error) }
            return held(by: owner, cause: error)
        } catch {
            return held(by: nil, cause: error)
        }
    }

    private func refusal(_ owner: OwnerRecord, cause: (any Error)?) -> HostError {
        let hub = names.text
        return HostError(
            .ownership,
            "Partition \(partition) of hub '\(hub)' belongs to another store than that in \(place): \(owner). Its "
                + "instances are there, and this host would answer as if they had never been. Start with that data "
                + "directory, or stop that host and move its files '\(hub).partition.*' here. Only if they are lost for "
                + "good, 'warren hub release --hub \(hub)' gives the hub to the next host that starts.",
            cause: cause)
    }

    private func held(by owner: OwnerRecord?, cause: any Error) -> HostError {
        HostError(
            .ownership,
            "Partition \(partition) of hub '\(names)' is in use by another host"
                + (owner.map { ": \($0)" } ?? "") + ". A data directory and its copy cannot run at the same time. Stop "
                + "that host, or end its connection to the broker, and start again.",
            cause: cause)
    }

    private var place: String { configuration.storage.directory.map { "'\(DataDirectory.absolute($0))'" } ?? "memory" }
}
