import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Steps while something is suspected of having killed the last process.
extension PartitionLoop {
    /// What came for a suspect.
    private struct Trial {
        var subject: String
        var culprit: UInt64
        var verdict: SuspectList.Verdict
        var cause: Cause

        enum Cause {
            case input(PartitionInput)
            case alarm(AlarmQueue.Subject)
        }

        /// What is put back if it does not become durable.
        var inputs: [PartitionInput] { if case .input(let input) = cause { [input] } else { [] } }

        var work: Work {
            switch cause {
            case .input(let input): input.kind
            case .alarm(let subject): .alarm(subject)
            }
        }
    }

    /// Works off inputs in their order: those of suspects one by one, with nothing else running, the others as ever.
    func workCarefully(_ inputs: [PartitionInput], at now: Timestamp) async throws {
        setup.crashGuard.ledger.endProbation(now)
        var rest = inputs[...]
        do {
            // 1 What came, in order. A trial that is survived may be the end of a suspicion: each is judged in its turn.
            while !rest.isEmpty {
                let crowd = Array(rest.prefix { trial(of: $0) == nil })
                if !crowd.isEmpty {
                    await setup.limiter.enter()
                    defer { setup.limiter.leave() }
                    rest = rest.dropFirst(crowd.count)
                    try await step(crowd, takesAlarms: false, at: now)
                } else if let input = rest.first, let trial = trial(of: input) {
                    await setup.limiter.enterAlone()
                    defer { setup.limiter.leaveAlone() }
                    rest = rest.dropFirst()
                    try await hold(trial, at: now)
                }
            }
            // 2 What is due, suspects afterwards.
            guard machine.hasFindings || isDue(now) else { return }
            for trial in try await takeDueOfOthers(now) {
                await setup.limiter.enterAlone()
                defer { setup.limiter.leaveAlone() }
                try await hold(trial, at: now)
            }
        } catch {
            // These are in no step yet; those that are will be put in front of them.
            mailbox.putBack(Array(rest))
            throw error
        }
    }

    /// Takes what is due for those that are not suspected.
    ///
    /// - Returns: what is due for the others.
    private func takeDueOfOthers(_ now: Timestamp) async throws -> [Trial] {
        var trials: [Trial] = []
        await setup.limiter.enter()
        defer { setup.limiter.leave() }
        begin([], at: now, areWorkersHeard: !setup.hearing.wasBroken(within: setup.configuration.lease))
        defer { setup.crashGuard.leave() }
        for subject in popDue(now) {
            if let trial = try await trial(of: subject) {
                trials.append(trial)
            } else {
                machine.take(.alarm(subject))
                try await advance()
            }
        }
        try await end()
        return trials
    }

    /// Tries, or takes out.
    private func hold(_ trial: Trial, at now: Timestamp) async throws {
        switch trial.verdict {
        case .ordinary, .alone:
            try await setup.crashGuard.tryAlone(trial.subject, culprit: trial.culprit) {
                try await step(trial, [trial.work], at: now)
            }
        case .culprit(let suspect): try await takeOut(trial, suspect, at: now)
        case .instance(let suspect):
            guard try await exists(trial.subject) else { return try await takeOut(trial, suspect, at: now) }
            // What came meets an instance that has ended, and is answered accordingly.
            try await step(trial, [.fail(FailInstance(suspect)), trial.work], at: now)
        }
    }

    /// Takes out what came, because processes died over it.
    ///
    /// A publisher's message goes to the dead-letter queue whole, and has no other effect: once the code is mended it can be
    /// published again, with the same IDs. What an instance waits for (a result, a timer) cannot be withheld from it without
    /// leaving it waiting for ever, so there the instance fails.
    private func takeOut(_ trial: Trial, _ suspect: FlightRecord.Suspect, at now: Timestamp) async throws {
        switch trial.cause {
        case .input(let input):
            guard case .command(let command) = input.kind else {
                return try await step(trial, [.fail(FailInstance(suspect))], at: now)
            }
            try await step(trial, suspect.removal(of: command), at: now)
        case .alarm(.held(let id)):
            guard let (command, source) = try await readHeld(id) else {
                // It is set aside.
                return try await step(trial, [trial.work], at: now)
            }
            try await step(trial, [.dropHeld(id)] + suspect.removal(of: command), source: source, at: now)
        case .alarm: try await step(trial, [.fail(FailInstance(suspect))], at: now)
        }
    }

    /// A step of its own.
    ///
    /// - Parameter works: what the trial's input leads to.
    private func step(
        _ trial: Trial, _ works: [Work], source: InboundMessage? = nil, at now: Timestamp
    ) async throws {
        let number = begin(trial.inputs, at: now)
        defer { setup.crashGuard.leave() }
        let input = trial.inputs.first
        machine.take(works, source: source ?? input?.source, number: input.map { _ in number })
        try await advance()
        try await end()
    }

    // MARK: - Who is meant

    private func exists(_ instanceID: String) async throws -> Bool {
        if machine.isInMemory(instanceID) { return true }
        switch try await read(.instance(instanceID)) {
        case .instance(let record): return record.map { !machine.isPurged($0.key) } ?? false
        // Failing it is all that is wanted, and that is possible.
        case .damaged: return true
        default: return false
        }
    }

    /// The trial that an input is due, if it comes for a suspect.
    private func trial(of input: PartitionInput) -> Trial? {
        let trial = trial(of: input.kind.crashSubject, .input(input), isFresh: input.isFresh) { input.kind.crashHash }
        // Questions are answered beside the loop, where each is marked by itself.
        if case .command(.query) = input.kind, trial?.verdict == .alone { return nil }
        return trial
    }

    private func trial(of alarm: AlarmQueue.Subject) async throws -> Trial? {
        let subject: String?
        switch alarm {
        case .timer(let key): subject = try await instanceID(key.instance)
        case .lease(let key): subject = try await instanceID(key.instance)
        // One that cannot be read runs nothing: it is set aside when it rings.
        case .held(let id): subject = try await readHeld(id)?.command.crashSubject
        }
        return trial(of: subject, .alarm(alarm)) { alarm.crashHash }
    }

    private func trial(of subject: String?, _ cause: Trial.Cause, isFresh: Bool = false, culprit: () -> UInt64)
        -> Trial?
    {
        guard let subject else { return nil }
        let verdict = setup.crashGuard.ledger.verdict(on: subject, isFresh: isFresh, culprit: culprit)
        return verdict == .ordinary
            ? nil : Trial(subject: subject, culprit: culprit(), verdict: verdict, cause: cause)
    }

    /// The ID of the instance of that key, whatever else of its row is damaged.
    private func instanceID(_ key: Int64) async throws -> String? {
        if let known = machine.instanceID(key: key) { return known }
        guard case .instance(let record) = try await read(.instanceByKey(key)) else { return nil }
        return record?.instanceID
    }

    /// What a held message says; `nil` if there is none, or it cannot be read.
    private func readHeld(_ id: Int64) async throws -> (command: Command, source: InboundMessage?)? {
        guard let held = machine.held(id) else { return nil }
        var body = held.body
        if body == nil, case .held(let stored) = try await read(.held(id)) { body = stored }
        guard let body else { return nil }
        do {
            return try setup.wire.decodeHeld(body)
        } catch {
            return nil
        }
    }
}

extension FailInstance {
    fileprivate init(_ suspect: FlightRecord.Suspect) {
        self.init(instanceID: suspect.subject, deaths: suspect.deaths, since: suspect.firstSeen)
    }
}
