import Synchronization

/// Bounds the memory of the statuses that the partitions of a host keep together.
///
/// A partition of which much is read may use all of it. When there is no room left, the partition with the most gives up
/// what nobody has asked for lately.
final class StatusBudget: Sendable {
    private struct Member {
        weak var copies: StatusCopies?
    }

    /// The memory of all copies, in bytes.
    let mostBytes: Int
    private let bytes = Atomic(0)
    private let members = Mutex<[Member]>([])

    init(mostBytes: Int = 8 << 20) {
        self.mostBytes = mostBytes
    }

    /// Adds the copies of a partition. Those of one that is closed leave by themselves.
    func join(_ copies: StatusCopies) {
        members.withLock { members in
            members.removeAll { $0.copies == nil }
            members.append(Member(copies: copies))
        }
    }

    /// Notes that copies take more memory, or less. Called under the lock of the copies.
    func change(by cost: Int) { bytes.add(cost, ordering: .relaxed) }

    /// Drops copies until the rest is within the bound. Called without the lock of any copies.
    func makeRoom() {
        while bytes.load(ordering: .relaxed) > mostBytes {
            let all = members.withLock { $0.compactMap(\.copies) }
            let largest = all.map { (copies: $0, cost: $0.cost) }.max { $0.cost < $1.cost }
            guard let largest, largest.cost > 0 else { return }
            largest.copies.shed()
        }
    }
}
