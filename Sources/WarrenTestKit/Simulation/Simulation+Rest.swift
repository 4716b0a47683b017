import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Checks the conditions that have to hold when no event is left.
extension Simulation {
    func checkRest() {
        for disk in disks { checkInstances(of: disk) }
        for (index, root) in plan.roots.enumerated() { check(root, clients.known[index]) }
        for disk in disks {
            let counts = disk.rows.counts()
            if counts.outbox > 0 { world.fail("E2", disk.entity, "\(counts.outbox) rows of the outbox are left") }
            if disk.rows.instances.contains(where: mayStaySuspended) { continue }
            if counts.timers > 0 { world.fail("E2", disk.entity, "\(counts.timers) timers are left") }
            // The limits of activities stay.
            let held =
                counts.held > 0 ? disk.rows.recover().held.filter { PermitSubject.limits($0.subject) == nil } : []
            if !held.isEmpty { world.fail("E2", disk.entity, "\(held.count) held messages are left") }
        }
        for (queue, count) in broker.unread.sorted(by: { $0.key < $1.key }) {
            world.fail("E2", queue, "\(count) messages are left in it")
        }
        checkRewinds()
        checkAccounts()
        checkDeadLetters()
        checkReplies()
        checkUpdates()
        checkSchedules()
        checkPayloads()
        if plan.isJournalled { checkJournals() }
    }

    private func checkInstances(of disk: SimDisk) {
        let tester = ReplayTester(functions: functions)
        for record in disk.rows.instances {
            // Damage is reported, and nothing else is to be expected of a damaged instance.
            if isDamage(record.failure) || mayStaySuspended(record) || EntityID.isEntity(record.instanceID) { continue }
            guard let generation = checker.generations[.init(partition: disk.partition, key: record.key)] else {
                // The instance ended before it began.
                if record.status != .terminated {
                    world.fail(record.scheduledStart == nil ? "E1" : "E2", record.instanceID, "it never begins")
                }
                continue
            }
            if !record.status.isTerminal {
                // The most useful detail is what the instance still waits for.
                let open = generation.activities.union(generation.children).union(generation.timers)
                    .subtracting(generation.completed)
                let isTimer = !generation.timers.subtracting(generation.completed).isEmpty
                world.fail(
                    isTimer && record.status != .suspended ? "E2" : "E1", record.instanceID,
                    "nothing happens any more, and it is \(record.status.rawValue); open: \(open.sorted())")
                continue
            }
            if record.episodes != generation.episodes {
                world.fail(
                    "I5", record.instanceID, "its row counts \(record.episodes) of \(generation.episodes) episodes")
            }
            // I6: the orchestrator is a function of its history.
            if let fault = tester.fault(in: whole(generation.events, of: record.instanceID)) {
                world.fail("I6", record.instanceID, "its history does not replay: \(fault.type): \(fault.message)")
            }
            guard case .executionCompleted(let status, let output, _)? = generation.events.last else {
                world.fail(
                    "I6", record.instanceID, "its row says \(record.status.rawValue), and its history has no end")
                continue
            }
            if status != record.status || (status == .completed && output != record.output) {
                world.fail(
                    "I6", record.instanceID, "its row says \(record.status.rawValue), its history \(status.rawValue)")
            }
        }
    }

    /// Checks R1: what had succeeded when an instance was rewound has not run for the execution that went on.
    func checkRewinds() {
        for generation in checker.generations.values {
            var succeeded: Set<Int> = []
            var rewound: [ExecutionRewound] = []
            for event in generation.events {
                switch event {
                case .orchestratorStarted:
                    for facts in rewound { checkNotRepeated(succeeded, facts) }
                    rewound = []
                case .executionRewound(let facts): rewound.append(facts)
                case .taskCompleted(let id, _): succeeded.insert(id)
                default: break
                }
            }
            for facts in rewound { checkNotRepeated(succeeded, facts) }
        }
    }

    private func checkNotRepeated(_ succeeded: Set<Int>, _ facts: ExecutionRewound) {
        for id in succeeded.sorted()
        where ledger.effects.contains(.init(execution: facts.executionID, task: id)) {
            world.fail("R1", "\(facts.instanceID)/\(id)", "it had succeeded, and ran again after a rewind")
        }
    }

    /// Checks E7: no account is locked any more, and each has what the completed transfers lead to: each was done once.
    private func checkAccounts() {
        let accounts = disks.flatMap(\.rows.instances).filter { EntityID.isEntity($0.instanceID) }
        guard !accounts.isEmpty, !disks.flatMap(\.rows.instances).contains(where: mayStaySuspended) else { return }
        for account in accounts where account.customStatus?.json.contains("lockedBy") == true {
            world.fail("E7", account.instanceID, "it is locked, and nothing happens any more")
        }
        guard plan.keepsBalances else { return }
        let completed = plan.roots.filter { root in
            let disk = disks[Partitioning.partition(of: root.id, count: Self.partitions)]
            return disk.rows.instance(root.id)?.status == .completed
        }
        let expected = SimAccount.balances(after: completed.map(\.ops))
        for account in accounts {
            let key = EntityID(instanceID: account.instanceID)?.key ?? ""
            let balance = account.output?.json ?? "nothing"
            if balance != "\(expected[key, default: 0])" {
                world.fail("E7", account.instanceID, "it has \(balance), and should have \(expected[key, default: 0])")
            }
        }
    }

    /// Whether a suspension took effect after the resumption, or the resumption was refused. The first happens if
    /// messages were reordered, or the suspension was refused at first: a refusal is not remembered, so that a dead
    /// letter can be published again, and a redelivery after a lost acknowledgement is judged anew.
    func mayStaySuspended(_ record: InstanceRecord) -> Bool {
        guard record.status == .suspended else { return false }
        let id = record.instanceID
        guard let suspension = checker.keys["suspend/\(id)//suspend-\(id)"] else { return false }
        if let resumption = checker.keys["resume/\(id)//resume-\(id)"] { return resumption < suspension }
        return broker.deadLetters.contains { SimNames.of($0).hasSuffix(":resume-\(id)") }
    }

    private func check(_ root: SimPlan.Root, _ known: SimClients.Known) {
        let disk = disks[Partitioning.partition(of: root.id, count: Self.partitions)]
        let made = checker.created[root.id] ?? 0
        // A start without an ID, and a restart, take effect again once the instance is purged.
        let mayBeAgain = known.mayBePurged && (!root.isNamed || known.wasRestarted)
        if made > 1, !mayBeAgain { world.fail("I4", root.id, "it is started \(made) times") }
        if known.isOtherAccepted { return }
        guard let record = disk.rows.instance(root.id) else {
            if !known.mayBePurged || made == 0 { world.fail("E1", root.id, "it was accepted, and is not there") }
            return
        }
        switch record.status {
        case .terminated: if !known.mayBeTerminated { world.fail("E1", root.id, "nobody terminated it") }
        case .completed:
            let payload = whole(record.output, of: root.id)
            let output = payload?.json ?? ""
            // Excuses are a damaged child, and a child of an earlier execution, which continues although its parent was
            // terminated, or failed because of damage.
            let excuse =
                (plan.rates[.rowDamaged] != nil && output.contains("!CorruptHistory"))
                || ((known.mayBeTerminated || plan.rates[.rowDamaged] != nil) && known.wasRestarted
                    && output.contains("!InstanceExists"))
            if !excuse, !SimProgram.isExpected(payload, of: root.ops) {
                world.fail("E3", root.id, "it gives \(payload?.json ?? "nothing") for \(SimOp.text(root.ops))")
            }
        case .failed:
            let mayFail =
                SimProgram.expectation(root.ops).fails || isDamage(record.failure) || isPlannedMismatch(record)
            if !mayFail {
                world.fail(
                    "E3", root.id,
                    "it fails with \(record.failure?.type ?? ""): \(record.failure?.message ?? "") for \(SimOp.text(root.ops))"
                )
            }
        default: break
        }
    }

    private func isDamage(_ failure: FailureDetails?) -> Bool {
        plan.rates[.rowDamaged] != nil && failure?.isCaused(by: "CorruptHistory") == true
    }

    private func checkDeadLetters() {
        var planned: Set<String> = [
            "instance-finished", "unknown-instance", "instance-not-finished", "instance-exists",
            "duplicate-id-mismatch",
        ]
        // Updates that were sent too early, or while the instance was suspended, and were sent again.
        if plan.actions.contains(where: { if case .update = $0.action { true } else { false } }) {
            planned.formUnion(["instance-suspended", "unknown-update"])
        }
        if plan.rates[.rowDamaged] != nil { planned.insert("damaged-row") }
        if plan.hasPoison { planned.insert("poison") }
        for letter in broker.deadLetters where !planned.contains(letter.routingKey) {
            world.fail(
                "E2", SimNames.of(letter),
                "a dead letter: \(letter.properties.headers["warren-dead-detail"]?.string ?? letter.routingKey)")
        }
    }

    /// Whether no fault occurs for which an answer to a question may be dropped; its caller would ask again.
    private var isAnswerSafe: Bool {
        let isLossy = [SimFault.lost, .confirmLost, .refused].contains { plan.rates[$0] != nil }
        return !isLossy && !plan.isJournalled
            && plan.actions.allSatisfy { timed in
                switch timed.action {
                case .clock, .connectionLost, .blocked, .queueTrouble, .brokerRestart, .killWithDisk, .takeover,
                    .killFollower, .freezeFollower:
                    false
                case .kill(let time), .stop(let time): time < 1_000_000
                default: true
                }
            }
    }

    private func checkReplies() {
        let isReplyLost = plan.actions.contains {
            if case .queueTrouble("reply", _, _) = $0.action { true } else { false }
        }
        guard !isReplyLost else { return }
        for question in clients.questions.sorted() where isAnswerSafe && ledger.replies[question] == nil {
            world.fail("E4", question, "nobody answers it")
        }
        for (index, root) in plan.roots.enumerated() where root.waitsForEnd {
            let known = clients.known[index]
            let replies = ledger.replies["c-start-\(root.id)"] ?? []
            let isTold = replies.contains { [.completed, .failed, .terminated].contains($0.status) }
            let mayWait = disks.contains { $0.rows.instance(root.id).map(mayStaySuspended) ?? false }
            if !isTold, !known.mayBePurged, !known.isOtherAccepted, !mayWait {
                world.fail("E4", root.id, "who waits for its end is not told")
            }
        }
    }
}
