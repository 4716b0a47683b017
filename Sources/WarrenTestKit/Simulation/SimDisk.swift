import AMQPMessages
import Warren
import WarrenMessaging
import WarrenStorage

/// The durable contents of a partition's disk, whatever happens to processes.
package final class SimDisk: @unchecked Sendable {
    package let partition: Int
    let world: SimWorld
    let faults: SimFaults
    var rows = SteppedPartition()
    private(set) var epoch: Int64 = 0
    /// The number of durable commits.
    private(set) var commits = 0
    /// Called with commits that have become durable.
    var onFlush: ([PartitionCommit], SimDisk) -> Void = { _, _ in }
    /// A switch for a planted bug.
    var forgetsKeys = false
    /// The journal of which the disk holds a file; `nil` if there is none.
    var journal: JournalIdentity?
    let entity: String

    /// - Parameter name: distinguishes disks of several hosts.
    init(_ partition: Int, _ world: SimWorld, _ faults: SimFaults, name: String = "") {
        self.partition = partition
        entity = "\(name)p\(partition)"
        self.world = world
        self.faults = faults
    }

    /// Returns the partition's identity for the next opening.
    func identity(hub: String, partitionCount: Int) -> PartitionIdentity {
        epoch += 1
        return PartitionIdentity(
            hub: hub, partition: partition, partitionCount: partitionCount,
            storeID: journal.map { PartitionIdentity.storeID(ofJournal: $0.id) } ?? "store-\(partition)", epoch: epoch,
            secret: PartitionSecret(bytes: journal?.secret ?? Self.secret(of: partition)))
    }

    /// Loses everything.
    func lose() {
        rows = SteppedPartition()
        journal = nil
        commits = 0
    }

    /// Takes the contents of a copy.
    func replace(_ rows: SteppedPartition, _ journal: JournalIdentity?) {
        self.rows = rows
        self.journal = journal
        // It has a position, so that it counts as one with commits.
        commits = 1
    }

    /// Makes a secret that is the same in every run.
    static func secret(of partition: Int) -> [UInt8] {
        (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ partition &* 13 &+ 1) }
    }

    /// Damages a row, so that it is not what was written when the store is opened.
    func damage() {
        guard commits > 0, faults.strikes(.rowDamaged, of: entity) != nil else { return }
        let number = world.draws.number("row", entity, Int(epoch))
        let text = rows.damage(Int(number % 1_000_000)) { row in
            // Histories show which work and which children were requested, but not the other messages.
            let messages = (try? OutboxCodec.decode(row.messages)) ?? []
            return !messages.isEmpty
                && messages.allSatisfy { message in
                    message.properties.type == WireType.work || message.properties.type == WireType.lifecycle
                        || (message.properties.type == WireType.start
                            && message.properties.headers[WireHeader.parentTaskID] != nil)
                }
        }
        if let text { world.trace { "** damaged: \(text)" } }
    }

    func apply(_ commits: [PartitionCommit], at position: JournalPosition? = nil) throws(StorageError) {
        do throws(StorageError) {
            try rows.apply(forgetsKeys ? commits.map(\.withoutKeys) : commits, at: position)
        } catch {
            world.trace { "refused by \(entity): " + commits.map { SimTrace.text($0) }.joined(separator: " | ") }
            world.fail("I5", entity, "a commit breaks a rule: \(error)")
            throw error
        }
        self.commits += commits.count
        world.trace { "flush \(entity) " + commits.map { SimTrace.text($0) }.joined(separator: " | ") }
        onFlush(commits, self)
    }
}

extension PartitionCommit {
    fileprivate var withoutKeys: PartitionCommit {
        var commit = self
        commit.inbox = []
        return commit
    }
}
