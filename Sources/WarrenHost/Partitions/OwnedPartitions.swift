import Synchronization
import WarrenMessaging

/// The partitions that this process owns at present, for the parts of a host that outlive an ownership: each asks at the
/// time of a message.
final class OwnedPartitions: Sendable {
    /// An owned partition. One that is owned again has a new mailbox: a closed one is never opened again.
    struct Entry: Sendable {
        let partition: Int
        let mailbox: PartitionMailbox
        let wire: PartitionWire
        /// Notes whether the broker accepts nothing from publishers.
        let block: @Sendable (Bool) -> Void

        init(
            partition: Int, mailbox: PartitionMailbox, wire: PartitionWire, block: @escaping @Sendable (Bool) -> Void
        ) {
            self.partition = partition
            self.mailbox = mailbox
            self.wire = wire
            self.block = block
        }

        init(_ runner: PartitionRunner, wire: PartitionWire) {
            self.init(
                partition: runner.partition, mailbox: runner.mailbox, wire: wire, block: { runner.block($0) })
        }
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var isBlocked = false
    }

    private let state = Mutex(State())

    /// Adds a partition, in the place of an earlier entry of it.
    func own(_ entry: Entry) {
        state.withLock { state in
            state.entries[entry.partition] = entry
            // This is called under the lock; otherwise it could overtake a later change.
            if state.isBlocked { entry.block(true) }
        }
    }

    /// Removes a partition, unless it has been owned again meanwhile with another mailbox.
    func disown(_ partition: Int, _ mailbox: PartitionMailbox) {
        state.withLock { state in
            if state.entries[partition]?.mailbox === mailbox { state.entries[partition] = nil }
        }
    }

    /// The entry of a partition; `nil` if this process does not own it.
    subscript(partition: Int) -> Entry? { state.withLock { $0.entries[partition] } }

    /// The numbers of the owned partitions, in order.
    var numbers: [Int] { state.withLock { $0.entries.keys.sorted() } }

    /// Notes whether the broker accepts nothing from publishers, for these partitions and for those that are added
    /// later.
    func block(_ isBlocked: Bool) {
        state.withLock { state in
            state.isBlocked = isBlocked
            for (_, entry) in state.entries.sorted(by: { $0.key < $1.key }) { entry.block(isBlocked) }
        }
    }
}
