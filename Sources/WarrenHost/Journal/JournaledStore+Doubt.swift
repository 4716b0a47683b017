import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Notices that something that this host appended does not come back, and claims the partition again.
extension JournaledStore {
    /// The number of alarms without progress that make a doubt.
    private static let mostSilentAlarms = 2
    /// The time after a doubt in which the next one takes longer, and how often it doubles: a broker that is slow would
    /// otherwise be doubted again and again.
    private static let memory = Duration.seconds(30)
    private static let mostDoublings = 3

    /// The time without anything read back after which the present claim is over.
    private func doubtTime(_ state: State, at now: Timestamp) -> Duration {
        guard !state.writer.isRenewing, let last = state.doubtedAt, now.duration(since: last) < Self.memory else {
            return around.doubtAfter
        }
        return around.doubtAfter * (1 << state.doublings)
    }

    func setAlarm(_ state: inout State) {
        guard state.writer.isAwaiting, !state.isAlarmSet else { return }
        state.isAlarmSet = true
        state.alarmSetAt = around.clock.now
        state.alarmTime = doubtTime(state, at: state.alarmSetAt) / Self.mostSilentAlarms
        state.progressWhenSet = state.writer.progress
        alarm.withLock { $0 }?.set(after: state.alarmTime)
    }

    /// Looks whether anything of what this host appended was read since the alarm was set.
    func look() {
        let isBlocked = around.journal.transport.blockedReason != nil
        let now = around.clock.now
        let (isDoubtful, isLate) = state.withLock { state -> (Bool, Bool) in
            state.isAlarmSet = false
            let isLate = now.duration(since: state.alarmSetAt) - state.alarmTime > around.doubtAfter * 3
            // A broker in an alarm takes nothing: there is nothing to wait for, and nothing is lost.
            // While the disk is slow, nothing is read: what is missing may wait in this process.
            let isSilent =
                state.writer.progress == state.progressWhenSet && state.writer.isAwaiting
                && (state.writer.isOwning || state.writer.isRenewing) && !isBlocked && window.hasRoom
            state.silentAlarms = isSilent ? state.silentAlarms + 1 : 0
            let isDoubtful = state.silentAlarms >= Self.mostSilentAlarms
            if isDoubtful { state.silentAlarms = 0 }
            setAlarm(&state)
            return (isDoubtful, isLate)
        }
        guard isDoubtful else { return }
        let error = StorageError(
            .unconfirmed, "Nothing of what was appended came back in time.",
            path: around.journal.stream)
        // A process that stood still may have lost its turn meanwhile: it does not compete with the host that has it.
        if isLate { fail(error) } else { renew(error) }
    }

    /// Handles that records may not have arrived.
    func notAppended(_ error: StorageError, under claim: UInt64) {
        guard error.code == .unconfirmed else { return fail(error) }
        // Everything that was appended under an earlier claim is decided already, or will be by the one that follows.
        if state.withLock({ $0.writer.owningClaim == claim }) { renew(error) }
    }

    /// Claims the partition again and goes on, because of a doubt about what was appended.
    func renew(_ reason: StorageError) {
        let isLeaving = heir.withLock { $0 != nil }
        let (record, isFirst) = state.withLock { state -> (JournalRecord?, Bool) in
            let isFirst = !state.writer.isRenewing
            if isFirst {
                let now = around.clock.now
                let isRecent = state.doubtedAt.map { now.duration(since: $0) < Self.memory } ?? false
                state.doublings = isRecent ? min(state.doublings + 1, Self.mostDoublings) : 1
                state.doubtedAt = now
            }
            let record = isLeaving ? nil : state.writer.renew(around.random.next(), facts(state), at: around.clock.now)
            setAlarm(&state)
            return (record, isFirst)
        }
        guard let record else { return fail(reason) }
        do throws(StorageError) {
            let encoded = try around.journal.encoded(record)
            // The channel may have lost what it got, without a word.
            if !isFirst { around.journal.transport.suspectLoss() }
            // One that is lost is repeated at the next alarm.
            around.journal.append([encoded]) { [weak self] error in
                if error.reach == .file { self?.fail(error) }
            }
        } catch {
            return fail(error)
        }
        around.logger.log(
            level: isFirst ? .notice : .debug,
            "What this host appended to a partition's journal may be lost; it claims the partition again and goes on",
            metadata: [LogKey.epoch: "\(record.epoch)", LogKey.reason: "\(reason.message)"])
    }

    /// What a claim says of this host.
    func facts(_ state: State) -> JournalClaim {
        let position = state.writer.position
        return JournalClaim(
            host: around.hostID, version: JournalClaim.currentVersion, baseEpoch: position?.epoch ?? 0,
            baseSeq: position?.next ?? 0, previousHost: state.writer.lastOwner,
            isCareful: state.writer.mustBeCareful(around.hostID, at: around.clock.now))
    }
}
