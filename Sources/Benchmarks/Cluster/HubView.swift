import Synchronization
import Warren
import WarrenMessaging

/// A hub as its hosts' beats show it: twice a second, which is enough to know who owns what before something happens. It
/// is no measure of how long that takes.
final class HubView: Sendable {
    private struct Heard {
        var beat: HostBeat
        var at: Ticks
    }

    /// How long the hosts may take to share the partitions.
    private static let patience = 120_000.0
    /// A host is not there after so many milliseconds without a beat.
    private static let silence = 1300.0

    private let partitionCount: Int
    private let subscription: any MessageSubscription
    private let heard = Mutex<[Int: Heard]>([:])
    /// The largest size of a journal that was heard of.
    private let largest = Mutex<Int64>(0)
    /// Hosts make copies from 32 MiB on; a beat may be half a second old.
    private static let leastSnapshot: Int64 = 16 << 20

    init(_ hub: TaskHubName, partitions: Int, transport: any MessageTransport) async throws {
        partitionCount = partitions
        subscription = try await transport.tail(hub.hostsStream, from: .next)
    }

    func run() async throws {
        for try await batch in subscription.batches {
            for beat in batch.compactMap(HostBeatCodec.decode) {
                heard.withLock { $0[beat.process] = Heard(beat: beat, at: .now) }
                largest.withLock { $0 = max($0, beat.owned.map(\.unsavedBytes).max() ?? 0) }
            }
        }
    }

    func close() async { await subscription.close() }

    /// The beats of hosts that are there.
    private var present: [HostBeat] {
        heard.withLock { $0.values.filter { $0.at.milliseconds() < Self.silence }.map(\.beat) }
    }

    /// The process that owns each partition, as far as it is known.
    var owners: [Int: Int] {
        var claims: [Int: (process: Int, epoch: UInt64)] = [:]
        for beat in present {
            for owned in beat.owned where owned.epoch >= claims[owned.partition]?.epoch ?? 0 {
                claims[owned.partition] = (beat.process, owned.epoch)
            }
        }
        return claims.mapValues(\.process)
    }

    /// The number of claims after which there may be copies of partitions; 0 if no journal was ever large enough for one.
    var epochsWithSnapshots: Int {
        guard largest.withLock({ $0 }) >= Self.leastSnapshot else { return 0 }
        let last = heard.withLock { $0.values.flatMap { $0.beat.owned.map(\.epoch) }.max() ?? 0 }
        return Int(clamping: last) + 2
    }

    /// The least size of what a partition's journal has behind its newest snapshot.
    var leastUnsavedBytes: Int64 {
        var sizes: [Int: Int64] = [:]
        for owned in present.flatMap(\.owned) { sizes[owned.partition] = owned.unsavedBytes }
        return sizes.count == partitionCount ? sizes.values.min() ?? 0 : 0
    }

    /// Whether these processes, and no others, share all partitions evenly, and each partition has a follower.
    private func isShared(by hosts: Set<Int>) -> Bool {
        let beats = present
        guard Set(beats.map(\.process)) == hosts, !beats.contains(where: \.isLeaving) else { return false }
        var owners = Array(repeating: 0, count: partitionCount)
        var readers = owners
        for beat in beats {
            for owned in beat.owned where owners.indices.contains(owned.partition) { owners[owned.partition] += 1 }
            for partition in beat.followed where readers.indices.contains(partition) { readers[partition] += 1 }
        }
        let loads = beats.map(\.owned.count)
        let isEven = (loads.max() ?? 0) - (loads.min() ?? 0) <= 1
        return isEven && owners.allSatisfy { $0 == 1 } && readers.allSatisfy { $0 >= min(2, hosts.count) }
    }

    /// Waits until these processes share the partitions evenly, and have done so for a while.
    ///
    /// - Returns: the owner of each partition.
    /// - Throws: `BenchError` when that does not come about.
    func settle(_ hosts: Set<Int>, calm: Double = 3000) async throws -> [Int: Int] {
        let start = Ticks.now
        var since: (owners: [Int: Int], start: Ticks)?
        while start.milliseconds() < Self.patience {
            try await Task.sleep(for: .milliseconds(50))
            guard isShared(by: hosts) else {
                since = nil
                continue
            }
            let owners = owners
            guard let last = since, last.owners == owners else {
                since = (owners, .now)
                continue
            }
            if last.start.milliseconds() >= calm { return owners }
        }
        throw BenchError(
            .stalled, "The hosts \(hosts.sorted()) do not share the partitions evenly; the owners are \(owners)")
    }
}
