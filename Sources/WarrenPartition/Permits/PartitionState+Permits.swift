import Warren
import WarrenMessaging

/// Gives out permits of activities with limits, and keeps what is waiting for them. See ``ActivityPermits``.
extension PartitionState {
    /// A time longer than any call waits.
    private static let ever = Duration.seconds(100 * 366 * 24 * 3600)

    /// The number of permits that are given for one message, or at one alarm: another alarm follows at once.
    private static let mostAtOnce = 256

    private mutating func keep(_ subject: String, _ step: inout Step) -> Int64 {
        let id = nextHeldID()
        step.commit.held.append(
            HeldMessage(id: id, subject: subject, expiresAt: step.now.advanced(by: Self.ever), message: []))
        return id
    }

    private mutating func keep(_ call: inout PermitCall, _ step: inout Step) {
        call.id = keep(PermitSubject.of(call), &step)
    }

    // MARK: - Limits

    /// Changes what is known of the limits of an activity, and writes it.
    mutating func changeLimits(
        of activity: String, _ step: inout Step, _ frame: Frame, _ change: (inout KnownLimits) -> Void
    ) {
        let permits = permits.make(activity)
        if permits.change(change) { writeLimits(of: permits, &step) }
        givePermits(of: activity, &step, frame)
    }

    private mutating func writeLimits(of permits: ActivityPermits, _ step: inout Step) {
        if let row = permits.limitsRow { step.commit.removedHeld.append(row) }
        permits.limitsRow = permits.limits == nil ? nil : keep(PermitSubject.of(permits.known), &step)
    }

    // MARK: - Giving

    /// Takes a call that asks for a permit. One that has asked before is told again if it has one.
    mutating func requestPermit(_ request: PermitCommand, _ step: inout Step, _ frame: Frame) {
        let permits = permits.make(request.activity)
        switch permits.standing(of: .init(request.token)) {
        case .waits: break
        case .given(let call):
            if call.busyUntil == nil { step.send(frame.wire.outboxMessage(.permit(.init(.grant, of: call)))) }
        case .unknown where permits.isFull:
            step.send(frame.wire.outboxMessage(.permit(PermitCommand(.refuse, request.activity, of: request.token))))
        case .unknown:
            var call = PermitCall(
                id: 0, activity: request.activity, token: request.token, priority: request.priority,
                fairnessKey: request.fairnessKey, since: step.now)
            keep(&call, &step)
            permits.wait(call)
            givePermits(of: request.activity, &step, frame)
        }
    }

    /// Takes the message that a call has ended.
    mutating func endPermit(_ release: PermitCommand, _ step: inout Step, _ frame: Frame) {
        guard let permits = permits[release.activity] else { return }
        endPermit(.init(release.token), of: permits, busyUntil: release.busyUntil, &step)
        givePermits(of: release.activity, &step, frame)
    }

    private mutating func endPermit(
        _ key: PermitCall.Key, of permits: ActivityPermits, busyUntil: Timestamp?, _ step: inout Step
    ) {
        guard let (row, kept) = permits.end(key, busyUntil: busyUntil, now: step.now) else { return }
        step.commit.removedHeld.append(row)
        guard var call = kept else { return }
        keep(&call, &step)
        permits.replace(call)
    }

    /// Gives permits for as long as there are calls that may have one, and sets the alarm for the next one.
    mutating func givePermits(of activity: String, _ step: inout Step, _ frame: Frame) {
        guard let permits = permits[activity] else { return }
        let paidUntil = permits.known.paidUntil
        var most = Self.mostAtOnce
        while most > 0, var call = permits.next(now: step.now) {
            most -= 1
            step.commit.removedHeld.append(call.id)
            call.since = step.now
            call.isGiven = true
            keep(&call, &step)
            permits.give(call)
            step.send(frame.wire.outboxMessage(.permit(.init(.grant, of: call))))
        }
        if permits.known.paidUntil != paidUntil { writeLimits(of: permits, &step) }
        deadlines.setPermits(activity, at: permits.nextAlarm(now: step.now))
        if frame.wire.partition(ofPermitsOf: activity) == frame.rules.partition {
            step.observe(.permits(activity: activity, waiting: permits.waitingCount, given: permits.givenCount))
        }
        self.permits.drop(ifEmpty: activity)
    }

    /// Does what it is time for: permits of workers that are over, holders that are asked, rates.
    mutating func keepPermits(of activity: String, _ step: inout Step, _ frame: Frame) {
        guard let permits = permits[activity] else { return }
        for key in permits.overdue(step.now) { endPermit(key, of: permits, busyUntil: nil, &step) }
        for call in permits.toBeAsked(step.now) {
            step.send(frame.wire.outboxMessage(.permit(.init(.grant, of: call))))
        }
        givePermits(of: activity, &step, frame)
    }

    // MARK: - The calls of this partition

    /// The action of a call with its place among those that wait for permits, if its activity has limits.
    func placed(_ action: OrchestratorAction, of record: InstanceRecord) -> OrchestratorAction {
        if permits.isEmpty { return action }
        guard case .scheduleTask(let id, let name, let input, var terms) = action, permits.isLimited(name) else {
            return action
        }
        let (priority, key) = terms.order.resolved(record.tags)
        terms.requirePermit(CallOrder(priority: priority, fairnessKey: key.isEmpty ? nil : key))
        return .scheduleTask(id: id, name: name, input: input, terms: terms)
    }

    /// Sends what is to be sent for the calls of activities with limits that have ended in this step.
    mutating func releasePermits(_ step: inout Step, _ frame: Frame) {
        for ended in deadlines.takeEndedCalls() {
            let token = TaskToken(
                partition: frame.rules.partition, instanceID: ended.instanceID, executionID: ended.executionID,
                taskID: ended.taskID)
            var release = PermitCommand(.release, ended.activity, of: token)
            if let lease = ended.lease {
                release.busyUntil = lease.isTaken ? lease.expiresAt : step.now.advanced(by: frame.rules.lease)
                permits.abandon(.init(token), ended.activity)
            }
            step.send(frame.wire.outboxMessage(.permit(release)))
        }
    }

    /// Releases the permit of a call that was given up, because its worker has answered after all.
    mutating func releaseAbandoned(_ token: TaskToken, _ step: inout Step, _ frame: Frame) {
        guard let activity = permits.takeAbandoned(.init(token)) else { return }
        step.send(frame.wire.outboxMessage(.permit(PermitCommand(.release, activity, of: token))))
    }
}

extension PermitCommand {
    /// A message to the partition of a call.
    init(_ verb: Verb, of call: PermitCall) {
        self.init(verb, call.activity, of: call.token)
    }
}

extension Frame {
    /// Asks for a permit for a call.
    func permitRequest(_ id: Int, _ call: OpenTasks.ActivityCall, of record: InstanceRecord) -> OutboxMessage {
        wire.outboxMessage(
            .permit(
                PermitCommand(
                    .request, call.name, of: token(of: id, of: record),
                    priority: call.terms.order.priority ?? CallOrder.usualPriority,
                    fairnessKey: call.terms.order.fairnessKey ?? "")))
    }
}
