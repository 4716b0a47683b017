import WarrenSupport

/// Decides which host each partition of a hub should be on. Pure: every host computes the same from the same hosts.
///
/// Partitions are taken in their order; each goes to that host, of those that can run its orchestrations and have less
/// than their share, which has the highest hash with it. So a host that comes or goes moves few partitions. The numbers
/// of two hosts that can run everything differ by one at most.
struct Assignment: Sendable, Hashable {
    /// The host of each partition; `nil` if no host can have it.
    private(set) var hosts: [String?]

    /// - Parameters:
    ///   - hosts: the hosts that are there, by ID.
    ///   - canRun: whether a host can run a partition's open instances.
    init(_ hosts: Set<String>, partitions count: Int, canRun: (_ host: String, _ partition: Int) -> Bool) {
        let (share, rest) = hosts.isEmpty ? (0, 0) : count.quotientAndRemainder(dividingBy: hosts.count)
        var loads: [String: Int] = [:]
        // The number of hosts that have one more than the others.
        var fuller = 0
        self.hosts = (0..<count).map { partition in
            let able = hosts.filter { canRun($0, partition) }
            // Hosts that run the same are equal; where only one can run a partition, it has it whatever its share.
            let free = able.filter { loads[$0, default: 0] < (fuller < rest ? share + 1 : share) }
            let chosen = Self.ranked(free.isEmpty ? able : free, partition).first
            if let chosen {
                loads[chosen, default: 0] += 1
                if loads[chosen] == share + 1 { fuller += 1 }
            }
            return chosen
        }
    }

    subscript(partition: Int) -> String? { hosts.indices.contains(partition) ? hosts[partition] : nil }

    /// Orders hosts by their hash with a partition, the highest first.
    static func ranked(_ hosts: Set<String>, _ partition: Int) -> [String] {
        hosts.map { (host: $0, weight: weight($0, partition)) }
            .sorted { $0.weight == $1.weight ? $0.host > $1.host : $0.weight > $1.weight }
            .map(\.host)
    }

    private static func weight(_ host: String, _ partition: Int) -> UInt64 {
        var hash = FNV1a64()
        hash.add(host)
        hash.add(UInt64(partition))
        // The low bits of similar texts are similar; this spreads them.
        var bits = hash.value
        bits = (bits ^ (bits >> 33)) &* 0xff51_afd7_ed55_8ccd
        bits = (bits ^ (bits >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return bits ^ (bits >> 33)
    }
}
