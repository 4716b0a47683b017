import DequeModule
import Warren
import WarrenMessaging

/// Applies inputs and what follows from them, in order.
extension PartitionMachine: CommandVisitor {
    /// The number of instances that one input may find damaged; a listing reads many.
    private static var mostRepairs: Int { 1000 }

    /// Takes the next item to apply.
    mutating func nextItem() -> QueuedWork? {
        if let item = work.popFirst() { return item }
        guard dueAlarms > 0, let time = state.deadlines.next, let subject = state.deadlines.popDue(step.now) else {
            dueAlarms = 0
            return nil
        }
        dueAlarms -= 1
        if case .timer(let key) = subject, key.id != TimerRow.Key.episode, !key.isTaskDeadline {
            step.lateness.append(step.now.duration(since: time))
        }
        return QueuedWork(work: .alarm(subject))
    }

    mutating func apply(_ item: QueuedWork) throws(Unresolved) {
        beginRoot(item)
        current.number = item.number
        current.content = item.content
        let failed = step.failedDamaged
        if case .episodeEnded(let end) = item.content.work {
            try finish(end)
        } else {
            try item.content.work.visit(&self)
        }
        state.facts.removeAll(keepingCapacity: true)
        if case .failDamaged(let instance, _) = item.work {
            if step.failedDamaged == failed { futileRepair = instance }
        } else {
            futileRepair = nil
            repairs = 0
        }
        resume()
        guard !step.followUps.isEmpty else { return }
        work.prepend(contentsOf: step.followUps.map { QueuedWork(work: $0, following: item.content) })
        step.followUps.removeAll()
    }

    mutating func visit<Asked: PartitionCommand>(_ command: Asked) throws(Unresolved) {
        let found = try command.resolve(&state, current)
        command.apply(found, &state, &step, current)
    }

    // MARK: - Waiting for an executor

    /// Makes work wait until an executor has answered for its instance. Such work is settled when it has taken effect.
    mutating func park(_ item: QueuedWork, for key: Int64) {
        guard let instance = state.instances.peek(key: key) else { return }
        var item = item
        item.number = item.number ?? root?.number
        item.isFollowUp = false
        root = nil
        state.facts.removeAll(keepingCapacity: true)
        instance.waiting.append(item)
    }

    /// Queues the work that waited, in its order, before anything that arrived later.
    mutating func resume() {
        guard !step.resumed.isEmpty else { return }
        work.prepend(contentsOf: step.resumed)
        step.resumed = []
    }

    /// Takes the work of instances with histories that are stored by now.
    mutating func resumeStored() {
        for key in unstored.sorted() {
            guard let instance = state.instances.peek(key: key), instance.inFlight == nil else {
                // An executor has it: its answer resumes what waits.
                unstored.remove(key)
                continue
            }
            guard instance.isHistoryStored else { continue }
            unstored.remove(key)
            ready += instance.waiting
            instance.waiting = []
        }
    }

    // MARK: - Damage

    /// Fails the instance with the unreadable row that the current work depends on, and repeats the work: it then finds
    /// an instance that has ended.
    ///
    /// - Parameter instance: the instance's key, if it is known.
    mutating func mend(_ instance: Int64?, _ reason: String) {
        state.facts.removeAll(keepingCapacity: true)
        guard let instance, repairs < Self.mostRepairs, futileRepair != instance else {
            if let item = work.popFirst() { giveUp(item, reason) }
            return
        }
        repairs += 1
        work.prepend(QueuedWork(work: .failDamaged(instance, reason: reason), isFollowUp: true))
    }

    /// Drops work that depends on a row that cannot be read: it has no effect, and must not be tried again and again.
    private mutating func giveUp(_ item: QueuedWork, _ reason: String) {
        futileRepair = nil
        repairs = 0
        switch item.work {
        case .alarm(let subject): step.observe(.alarmDropped(subject, reason: reason))
        case .mend(let instance, _): step.observe(.lookupDropped(instance: instance, reason: reason))
        default:
            let refusal = Refusal(.damagedRow, "What the message is for cannot be read: \(reason)")
            step.refuse(refusal, source: current.source, reply: item.work.reply, current)
        }
    }

    // MARK: - Settling

    /// Notes the beginning of an input, unless it has begun already.
    private mutating func beginRoot(_ item: QueuedWork) {
        guard !item.isFollowUp else { return }
        if let number = item.number, root?.number == number { return }
        settleRoot()
        root = item.number.map {
            Root(number: $0, replies: step.replies.count, questions: step.asked.count)
        }
    }

    /// Decides when an input is settled, so that its sender may learn that it has taken effect.
    ///
    /// Only an input with a requested reply waits for that reply. All other effects of a step are safe with its
    /// commit: if they waited too, a broker that accepts nothing would keep the input unsettled, and the next host
    /// would repeat it. A question that is answered beside the partition is settled there.
    mutating func settleRoot() {
        guard let ended = root else { return }
        root = nil
        if step.asked.count > ended.questions { return }
        if step.replies.count > ended.replies {
            step.settledWhenReplied.append(ended.number)
        } else {
            step.settled.append(ended.number)
        }
    }
}
