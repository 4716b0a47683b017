/// Decides which hosts follow the journal of each partition, so that one of them takes it over at once. Pure: every host
/// computes the same from the same hosts.
///
/// The first is the host that should have the partition. The second is the one that should have it when the first is
/// gone. Any further ones are those with the highest hashes.
struct Standbys: Sendable, Hashable {
    /// The hosts of each partition, the one that should have it first.
    private let ranks: [[String]]

    /// - Parameters:
    ///   - followers: the number of hosts beside the first.
    ///   - canRun: whether a host can run a partition's open instances.
    init(
        _ hosts: Set<String>, partitions count: Int, followers: Int, canRun: (_ host: String, _ partition: Int) -> Bool
    ) {
        let first = Assignment(hosts, partitions: count, canRun: canRun)
        var without: [String: Assignment] = [:]
        ranks = (0..<count).map { partition in
            guard let owner = first[partition] else { return [] }
            guard followers > 0 else { return [owner] }
            let rest = hosts.subtracting([owner])
            let next: Assignment
            if let known = without[owner] {
                next = known
            } else {
                next = Assignment(rest, partitions: count, canRun: canRun)
                without[owner] = next
            }
            guard let successor = next[partition] else { return [owner] }
            let others = rest.subtracting([successor]).filter { canRun($0, partition) }
            return [owner, successor] + Assignment.ranked(others, partition).prefix(followers - 1)
        }
    }

    /// The hosts that keep a partition's file at the end of its journal, the one that should own it first.
    subscript(partition: Int) -> [String] { ranks.indices.contains(partition) ? ranks[partition] : [] }
}
