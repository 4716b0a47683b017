import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Shares a hub's partitions with its other hosts: says twice a second what this host is and owns, hears what the others
/// say, and gives away partitions that belong to another host.
///
/// Only the place of partitions depends on it: the journal of a partition decides which host owns it.
final class HostSharing: Sendable {
    private struct State {
        var isLeaving = false
        var isStopped = false
        var isMoving = false
        /// The times at which partitions were given away.
        var moved: [Int: ContinuousClock.Instant] = [:]
        /// When the beats of a host began to have a wrong time, and the hosts that were reported for it.
        var suspected: [String: Timestamp] = [:]
        var told: Set<String> = []
        /// When a beat of this host was heard, or reading began.
        var heardSelfAt = ContinuousClock.Instant.now
        /// Who follows which partition, for the hosts for which it was decided.
        var standbys: (hosts: Set<String>, standbys: Standbys)?
        var subscription: (any MessageSubscription)?
        var alarm: (any HostAlarm)?
    }

    /// The time for which a difference between the clocks of two hosts has to last until it is reported: after a pause of a
    /// host or of the broker old beats arrive, which follow each other at once.
    private static let skewTime = Duration.seconds(4)
    /// The time without this host's own beats after which they are read over another channel.
    private static let deafTime = Duration.seconds(5)
    /// The interval of beats.
    private static let interval = Duration.milliseconds(500)
    /// The pause between two moves, and that before the same partition is moved again.
    private static let pauseBetweenMoves = Duration.milliseconds(100)
    private static let pauseOfPartition = Duration.seconds(10)

    let id: String
    let members: Members
    private let names: TaskHubName
    private let partitionCount: Int
    /// The number of hosts that follow a partition, beside the one that should own it.
    private let followers: Int
    private let orchestrations: Set<String>
    private let startedAt: Timestamp
    private let transport: any MessageTransport
    private let clock: any HostClock
    private let logger: Logger
    private let slots = Mutex<[PartitionSlot]>([])
    private let state = Mutex(State())

    init(
        id: String, members: Members, names: TaskHubName, partitionCount: Int, followers: Int,
        orchestrations: Set<String>, transport: any MessageTransport, clock: any HostClock, logger: Logger
    ) {
        self.id = id
        self.members = members
        self.names = names
        self.partitionCount = partitionCount
        self.followers = followers
        self.orchestrations = orchestrations
        self.transport = transport
        self.clock = clock
        self.logger = logger
        startedAt = clock.now
    }

    /// Hears and says until stopped.
    func run(_ slots: [PartitionSlot]) async {
        self.slots.withLock { $0 = slots }
        let alarm = clock.makeAlarm { [weak self] in self?.beat() }
        state.withLock { $0.alarm = alarm }
        beat()
        var backoff = Backoff(first: .milliseconds(200), ceiling: .seconds(5))
        while !state.withLock({ $0.isStopped }) {
            do {
                let subscription = try await transport.tail(names.hostsStream, from: .next)
                let isStopped = state.withLock { state in
                    state.subscription = subscription
                    state.heardSelfAt = .now
                    return state.isStopped
                }
                if isStopped { return await subscription.close() }
                for try await batch in subscription.batches {
                    for message in batch {
                        if let beat = HostBeatCodec.decode(message) { hear(beat) }
                    }
                }
            } catch {
                logger.warning(
                    "What other hosts say of themselves cannot be heard; trying again",
                    metadata: [LogKey.stream: "\(names.hostsStream)", LogKey.error: "\(error)"])
                do { try await clock.pause(of: backoff.next())() } catch { return }
            }
        }
    }

    private func hear(_ beat: HostBeat) {
        members.hear(beat)
        let now = clock.now
        if beat.id == id { state.withLock { $0.heardSelfAt = .now } }
        let difference = beat.sentAt.duration(since: now)
        let isWrong = difference > PartitionClock.mostSkew || difference < .zero - PartitionClock.mostSkew
        let isNew = state.withLock { state in
            guard isWrong else {
                state.suspected[beat.id] = nil
                return false
            }
            if state.suspected.count >= 1000 { state.suspected = [:] }
            if state.told.count >= 1000 { state.told = [] }
            let since = state.suspected[beat.id] ?? now
            state.suspected[beat.id] = since
            return now.duration(since: since) >= Self.skewTime && state.told.insert(beat.id).inserted
        }
        guard isNew else { return }
        logger.error(
            """
            The clock of another host differs from this one's: timers of partitions that move between them fire early or \
            late. Synchronise the machines' clocks (NTP)
            """,
            metadata: [LogKey.host: "\(beat.name), process \(beat.process)", LogKey.ahead: "\(difference)"])
    }

    /// Says that this host takes no partition any more.
    func leave() {
        state.withLock { $0.isLeaving = true }
        say()
    }

    func stop() {
        let (subscription, alarm) = state.withLock { state in
            state.isStopped = true
            return (state.subscription, state.alarm.take())
        }
        alarm?.set(to: nil)
        if let subscription { Task { await subscription.close() } }
    }

    /// The host that should have a partition that this one gives up; `nil` if there is none.
    func successor(of partition: Int) -> String? {
        Assignment(members.present.subtracting([id]), partitions: partitionCount, canRun: capability())[
            partition]
    }

    /// Whether another host, which does not own the partition, says that it follows it.
    func isFollowedElsewhere(_ partition: Int) -> Bool {
        let present = members.present
        return members.beats.contains { beat in
            beat.id != id && present.contains(beat.id) && beat.followed.contains(partition)
                && !beat.owned.contains { $0.partition == partition }
        }
    }

    /// The host that should have the partition when this one has its turn; `nil` if this one should.
    ///
    /// - Parameters:
    ///   - succession: the end of the journal. The host that owned the partition before is gone, unless it released it.
    func rightful(_ partition: Int, after succession: JournaledStore.Succession) -> String? {
        let released = succession.released
        if released == nil, let owner = succession.owner ?? members.owner(of: partition, epoch: succession.epoch),
            owner != id
        {
            members.doubt(owner, over: partition, epoch: succession.epoch)
        }
        let present = members.present
        if let released, released != id, present.contains(released) { return released }
        if released == id { return nil }
        let host = Assignment(present.union([id]), partitions: partitionCount, canRun: capability())[partition]
        return host == id ? nil : host
    }

    /// The hosts that are there and run all of some orchestrations, other than this one.
    func others(running orchestrations: Set<String>) -> [String] {
        members.present.subtracting([id]).sorted().filter { host in
            members[host].map { $0.orchestrations.isSuperset(of: orchestrations) } ?? false
        }
    }

    // MARK: Saying

    private func beat() {
        let isStopped = state.withLock { state in
            if !state.isStopped { state.alarm?.set(after: Self.interval) }
            return state.isStopped
        }
        if isStopped { return }
        say()
        hearAnew()
        let present = members.present
        guard members.calm >= Members.patience, present.contains(id) else { return }
        let canRun = capability()
        let standbys = standbys(of: present, canRun: canRun)
        follow(standbys, canRun)
        move(standbys)
    }

    /// Reads the beats over another channel when this host's own do not come back: after the loss of a broker node, channels
    /// may lose what is published, and readers get nothing more, without an error.
    private func hearAnew() {
        guard transport.blockedReason == nil else { return }
        let deaf = state.withLock { state -> (any MessageSubscription)? in
            guard .now - state.heardSelfAt >= Self.deafTime, let subscription = state.subscription else { return nil }
            state.heardSelfAt = .now
            return subscription
        }
        guard let deaf else { return }
        transport.suspectLoss()
        Task { await deaf.close() }
    }

    private func standbys(of present: Set<String>, canRun: (String, Int) -> Bool) -> Standbys {
        // What is open in partitions changes at any time, hosts rarely.
        let areAlike = present.allSatisfy { members[$0]?.orchestrations == orchestrations }
        if areAlike, let known = state.withLock({ $0.standbys }), known.hosts == present { return known.standbys }
        let standbys = Standbys(present, partitions: partitionCount, followers: followers, canRun: canRun)
        state.withLock { $0.standbys = areAlike ? (present, standbys) : nil }
        return standbys
    }

    /// Follows the partitions that this host is to be ready for, and no others; and decides who makes their snapshots: the
    /// first of those that follow.
    private func follow(_ standbys: Standbys, _ canRun: (String, Int) -> Bool) {
        let owners = Dictionary(
            members.beats.flatMap { beat in beat.owned.map { ($0.partition, (beat.id, $0.epoch)) } },
            uniquingKeysWith: { $0.1 >= $1.1 ? $0 : $1 })
        for slot in slots.withLock({ $0 }) {
            let partition = slot.partition
            let isOwning = slot.ownership != nil
            let owner = isOwning ? id : owners[partition]?.0
            let maker = standbys[partition].first { host in
                host != owner && (members[host]?.followed.contains(partition) ?? false)
            }
            slot.setSnapshotDuty(maker == nil ? .ofOwner : !isOwning && maker == id ? .ofThis : .ofFollower)
            // Whether this host can run what is open is known as long as it follows.
            if !isOwning { slot.follow(standbys[partition].contains(id) || !canRun(id, partition)) }
        }
    }

    private func say() {
        let owned = slots.withLock { $0 }.compactMap(\.ownership)
        let beat = HostBeat(
            id: id, name: HostName.current, process: ProcessNumber.current, startedAt: startedAt,
            sentAt: clock.now, isLeaving: state.withLock { $0.isLeaving }, orchestrations: orchestrations, owned: owned,
            followed: slots.withLock { $0 }.filter(\.isFollowing).map(\.partition))
        // One that does not arrive is followed by the next.
        transport.publish([HostBeatCodec.encode(beat, stream: names.hostsStream)]) { _ in }
    }

    // MARK: Moving

    /// Returns whether a host can run what is open in a partition. Each partition is looked at once at most.
    ///
    /// Hosts that run the same orchestrations can have any partition.
    private func capability() -> (_ host: String, _ partition: Int) -> Bool {
        var open: [Int: Set<String>?] = [:]
        return { [self] host, partition in
            guard let beat = members[host], beat.orchestrations != orchestrations else { return true }
            let needed: Set<String>?
            if let known = open[partition] {
                needed = known
            } else {
                needed = slots.withLock { $0.first { $0.partition == partition } }?.openOrchestrations
                open[partition] = .some(needed)
            }
            return needed.map { beat.orchestrations.isSuperset(of: $0) } ?? true
        }
    }

    /// Gives away, one after the other, partitions that belong to other hosts.
    private func move(_ standbys: Standbys) {
        let due = state.withLock { state -> [(slot: PartitionSlot, target: String)] in
            guard !state.isMoving, !state.isLeaving, !state.isStopped else { return [] }
            let due = slots.withLock { $0 }.compactMap { slot -> (slot: PartitionSlot, target: String)? in
                guard slot.ownership != nil, let target = standbys[slot.partition].first, target != id,
                    members[target]?.followed.contains(slot.partition) ?? false,
                    state.moved[slot.partition].map({ .now - $0 >= Self.pauseOfPartition }) ?? true
                else { return nil }
                return (slot, target)
            }
            state.isMoving = !due.isEmpty
            for (slot, _) in due { state.moved[slot.partition] = .now }
            return due
        }
        guard !due.isEmpty else { return }
        Task {
            for (slot, target) in due {
                let isLeaving = state.withLock { $0.isLeaving || $0.isStopped }
                if isLeaving { break }
                await slot.move(to: target)
                do { try await clock.pause(of: Self.pauseBetweenMoves)() } catch { break }
            }
            state.withLock { $0.isMoving = false }
        }
    }
}
