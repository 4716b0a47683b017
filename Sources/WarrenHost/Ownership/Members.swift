import Synchronization
import WarrenMessaging

/// The hosts of a hub as this one knows them from their beats.
///
/// A host is there as long as its beats arrive. Views of different hosts may differ for a moment: that costs a turn in
/// the line of a partition, never more, because the journal decides who owns it.
final class Members: Sendable {
    /// The time without a beat after which a host is not there.
    static let patience = Duration.seconds(2)
    /// The number of hosts that are remembered: more than any hub has.
    private static let most = 1000

    private struct Member {
        var beat: HostBeat
        var heardAt: ContinuousClock.Instant
        /// Epochs by partition: claims of the host that ended without a release of the partition.
        var doubts: [Int: UInt64] = [:]

        /// The doubts that a beat leaves: one that still says that it owns a partition may have been sent before its end.
        func doubts(after beat: HostBeat) -> [Int: UInt64] {
            guard !doubts.isEmpty else { return [:] }
            let owned = beat.owned.map { ($0.partition, $0.epoch) }
            return doubts.filter { partition, epoch in owned.contains { $0 == (partition, epoch) } }
        }
    }

    private struct State {
        var members: [String: Member] = [:]
        /// When a host came, went or began to leave.
        var changedAt: ContinuousClock.Instant
        var present: Set<String> = []
    }

    private let steady: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameter steady: returns the time by which patience is measured.
    init(steady: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.steady = steady
        state = Mutex(State(changedAt: steady()))
    }

    /// Notes a beat.
    func hear(_ beat: HostBeat) {
        let now = steady()
        state.withLock { state in
            if state.members[beat.id] == nil, state.members.count >= Self.most {
                state.members = state.members.filter { now - $0.value.heardAt < Self.patience }
                guard state.members.count < Self.most else { return }
            }
            let doubts = state.members[beat.id]?.doubts(after: beat) ?? [:]
            state.members[beat.id] = Member(beat: beat, heardAt: now, doubts: doubts)
            Self.refresh(&state, now)
        }
    }

    /// Notes that the turn of a host came to an end, although it had not released the partition: it is gone, until it says
    /// that it does not own the partition by that claim any more.
    func doubt(_ id: String, over partition: Int, epoch: UInt64) {
        let now = steady()
        state.withLock { state in
            state.members[id]?.doubts[partition] = epoch
            Self.refresh(&state, now)
        }
    }

    /// The hosts that are there and do not leave.
    var present: Set<String> {
        let now = steady()
        return state.withLock { state in
            Self.refresh(&state, now)
            return state.present
        }
    }

    /// The time for which the set of hosts has been the same.
    var calm: Duration {
        let now = steady()
        return state.withLock { state in
            Self.refresh(&state, now)
            return now - state.changedAt
        }
    }

    /// What a host said last; `nil` if it is not known.
    subscript(id: String) -> HostBeat? { state.withLock { $0.members[id]?.beat } }

    /// What all hosts that are there said last, those that leave included.
    var beats: [HostBeat] {
        let now = steady()
        return state.withLock { state in
            state.members.values.filter { now - $0.heardAt < Self.patience }.map(\.beat).sorted { $0.id < $1.id }
        }
    }

    /// The host that said last that it owns a partition by the claim of this epoch.
    func owner(of partition: Int, epoch: UInt64) -> String? {
        beats.first { $0.owned.contains { $0.partition == partition && $0.epoch == epoch } }?.id
    }

    private static func refresh(_ state: inout State, _ now: ContinuousClock.Instant) {
        var present: Set<String> = []
        for (id, member) in state.members where now - member.heardAt < patience {
            if !member.beat.isLeaving, member.doubts.isEmpty { present.insert(id) }
        }
        if present != state.present {
            state.present = present
            state.changedAt = now
        }
    }
}
