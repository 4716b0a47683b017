package import WarrenMessaging

/// The hosts of a hub with journals and their partitions, as the hosts' beats say. Pure.
package struct HubSharing: Sendable, Hashable {
    /// What a host says of a partition that it owns.
    package struct Claim: Sendable, Hashable {
        /// The host's ID.
        package var host: String
        package var epoch: UInt64
        /// The size in bytes of the journal's records behind the newest snapshot.
        package var unsavedBytes: Int64
    }

    package struct Partition: Sendable, Hashable {
        package var number: Int
        /// The claim with the highest epoch; `nil` if no host says that it owns the partition.
        package var owner: Claim?
        /// The claims of hosts that have not noticed yet that another one owns the partition, newest first.
        package var outdated: [Claim] = []
        /// The IDs of the hosts that follow the partition's journal without owning it.
        package var followers: [String] = []
    }

    /// The number of hosts that are shown; anybody with the right to write to the stream could name any number.
    private static let mostHosts = 1000

    /// The newest beat of each host, by name, process and ID.
    package private(set) var hosts: [HostBeat]
    /// All partitions of the hub, in order.
    package private(set) var partitions: [Partition]

    /// - Parameters:
    ///   - beats: what was heard, in order.
    ///   - partitions: the number of the hub's partitions; what beats say of others is ignored.
    package init(beats: [HostBeat], partitions count: Int) {
        var newest: [String: HostBeat] = [:]
        for beat in beats where newest[beat.id] != nil || newest.count < Self.mostHosts { newest[beat.id] = beat }
        hosts = newest.values.sorted { ($0.name, $0.process, $0.id) < ($1.name, $1.process, $1.id) }
        partitions = (0..<count).map { Partition(number: $0) }
        for host in hosts {
            for owned in host.owned where partitions.indices.contains(owned.partition) {
                partitions[owned.partition].outdated.append(
                    Claim(host: host.id, epoch: owned.epoch, unsavedBytes: owned.unsavedBytes))
            }
            for followed in Set(host.followed) where partitions.indices.contains(followed) {
                partitions[followed].followers.append(host.id)
            }
        }
        for index in partitions.indices {
            var claims = partitions[index].outdated.sorted { ($1.epoch, $0.host) < ($0.epoch, $1.host) }
            if !claims.isEmpty { partitions[index].owner = claims.removeFirst() }
            partitions[index].outdated = claims
            let owner = partitions[index].owner?.host
            partitions[index].followers.removeAll { $0 == owner }
        }
    }

    /// The partitions that no host says it owns.
    package var withoutOwner: [Int] { partitions.filter { $0.owner == nil }.map(\.number) }
}
