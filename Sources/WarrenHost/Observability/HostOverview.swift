import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage

/// A running host as those see it who only look: instruments and health checks.
final class HostOverview: Sendable {
    private let parts: HostParts
    private let configuration: HostConfiguration
    private let transport: any MessageTransport
    private let isLost = Atomic(false)
    /// The partitions that belong to this host for as long as it runs, by number.
    private let runners: [Int: PartitionRunner]

    init(_ parts: HostParts, _ configuration: HostConfiguration, _ transport: any MessageTransport) {
        self.parts = parts
        self.configuration = configuration
        self.transport = transport
        runners = Dictionary(
            parts.partitions.map { ($0.runner.partition, $0.runner) }, uniquingKeysWith: { first, _ in first })
        transport.observeLoss { [weak self] isLost in self?.isLost.store(isLost, ordering: .relaxed) }
    }

    /// Reads the partition of an instance; `nil` if it has to be asked by message.
    func reads(of instanceID: String) -> CommittedReads? {
        runners[Partitioning.partition(of: instanceID, count: configuration.partitionCount)]?.committedReads
    }

    /// Sets the metrics that are only known when somebody looks.
    func recordGauges(at now: Timestamp) {
        transport.collectMetrics()
        if let slots = parts.activities?.slots { parts.metrics.show(slots.places) }
        for partition in parts.partitions {
            record(
                partition.runner.partition, isOwned: partition.runner.condition.isOwned, partition.runner.mailbox,
                partition.runner.store, now)
        }
        for slot in parts.slots {
            record(slot.partition, isOwned: slot.ownership != nil, slot.mailbox, slot.store, now)
        }
    }

    private func record(
        _ partition: Int, isOwned: Bool, _ mailbox: PartitionMailbox?, _ store: (any PartitionStore)?,
        _ now: Timestamp
    ) {
        guard parts.partitionMetrics.indices.contains(partition) else { return }
        let metrics = parts.partitionMetrics[partition]
        metrics.collect(isOwned: isOwned)
        metrics.collect(mailbox: mailbox?.count ?? 0, at: now)
        metrics.collect(store)
        metrics.collectParked(isOwned ? store : nil)
    }

    // MARK: - Health

    var health: HostHealth {
        var checks = [
            parts.stop.isSet
                ? HostHealth.Check("host", false, "The host is stopping.")
                : HostHealth.Check("host", true, "The host takes messages."),
            broker,
        ]
        if configuration.roles.contains(.orchestrator) { checks += [stores, partitions] }
        return HostHealth(checks: checks)
    }

    private var broker: HostHealth.Check {
        guard transport.outlivesProcess else {
            return HostHealth.Check("broker", true, "Messages stay inside this process.")
        }
        if isLost.load(ordering: .relaxed) {
            return HostHealth.Check(
                "broker", false, "A connection to the broker, or one of its queues, is lost; the host tries again.")
        }
        if let reason = transport.blockedReason {
            return HostHealth.Check(
                "broker", false,
                "The broker takes no messages: it is in an alarm (\(reason)). Free memory or disk space on its machine."
            )
        }
        return HostHealth.Check("broker", true, "The connections to the broker work.")
    }

    private var stores: HostHealth.Check {
        var failures: [String] = []
        for number in 0..<configuration.partitionCount {
            if let partition = parts.partitions.first(where: { $0.runner.partition == number }) {
                if case .failed(let reason) = partition.runner.condition {
                    failures.append("partition \(number): \(reason)")
                }
            } else if let slot = parts.slots.first(where: { $0.partition == number }) {
                if case .failed(let reason) = slot.condition { failures.append("partition \(number): \(reason)") }
            } else {
                failures.append("partition \(number): it could not be opened when the host started; see its log")
            }
        }
        let isPassed = failures.isEmpty
        return HostHealth.Check(
            "stores", isPassed, isPassed ? "All stores are open." : failures.joined(separator: "; "))
    }

    private var partitions: HostHealth.Check {
        var owned = 0
        var standingBy = 0
        var claimed = 0
        var full: [String] = []
        var others: [String] = []
        for partition in parts.partitions {
            if partition.runner.condition.isOwned {
                owned += 1
            } else {
                others.append("partition \(partition.runner.partition) has failed")
            }
        }
        for slot in parts.slots {
            switch slot.condition {
            case .owned:
                owned += 1
                switch slot.store?.room {
                case .ample?, nil: break
                // What is under way goes on, and no other host could take more.
                case .scarce?:
                    full.append("partition \(slot.partition) takes nothing new: its journal lacks a snapshot")
                case .full?: others.append("partition \(slot.partition) stands still: its journal lacks a snapshot")
                }
            case .following, .resting: standingBy += 1
            // A claim is renewed at any doubt, within moments; one that is not answered ends.
            case .claiming: claimed += 1
            case .notFollowing: others.append("the journal of partition \(slot.partition) cannot be read")
            case .failed: others.append("partition \(slot.partition) has failed")
            }
        }
        let missing = configuration.partitionCount - parts.partitions.count - parts.slots.count
        if missing > 0 { others.append("\(missing) not opened") }
        var sums = ["\(owned) owned", "\(standingBy) standing by"]
        if claimed > 0 { sums.append("\(claimed) being claimed") }
        sums += full + others
        return HostHealth.Check("partitions", others.isEmpty, sums.joined(separator: ", ") + ".")
    }
}
