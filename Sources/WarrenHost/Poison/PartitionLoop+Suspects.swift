import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Runs steps while something is suspected of having killed the last process.
extension PartitionLoop {
    /// A piece of work for a suspect.
    private struct Trial {
        var subject: String
        var culprit: UInt64
        var verdict: SuspectList.Verdict
        var cause: Cause

        enum Cause {
            case input(PartitionInput)
            case alarm(AlarmQueue.Subject)
        }

        /// The inputs that are put back if the work does not become durable.
        var inputs: [PartitionInput] { if case .input(let input) = cause { [input] } else { [] } }

        var work: Work {
            switch cause {
            case .input(let input): input.kind
            case .alarm(let subject): .alarm(subject)
            }
        }
    }

    /// Processes inputs in their order: those of suspects one by one, with nothing else running, the others as usual.
    func workCarefully(_ inputs: [PartitionInput], at now: Timestamp) async throws {
        setup.crashGuard.endProbation(now)
        var rest = inputs[...]
        do {
            // 1. Inputs, in order. A survived trial may end a suspicion, so each input is judged when its turn comes.
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
                    var isBegun = false
                    do {
                        try await conduct(trial, at: now) { isBegun = true }
                    } catch {
                        // What comes before its step may fail, too: then it is in none, and is put back with the rest.
                        if isBegun { rest = rest.dropFirst() }
                        throw error
                    }
                    rest = rest.dropFirst()
                }
            }
            // 2. Due alarms, those of suspects last.
            guard machine.hasFindings || isDue(now) else { return }
            for trial in try await fireUnsuspected(now) {
                await setup.limiter.enterAlone()
                defer { setup.limiter.leaveAlone() }
                try await conduct(trial, at: now)
            }
        } catch {
            // These inputs are in no step yet; those that are will be put in front of them.
            mailbox.putBack(Array(rest))
            throw error
        }
    }

    /// Fires the due alarms of subjects that are not suspected.
    ///
    /// - Returns: the due alarms of the others.
    private func fireUnsuspected(_ now: Timestamp) async throws -> [Trial] {
        var trials: [Trial] = []
        await setup.limiter.enter()
        defer { setup.limiter.leave() }
        begin([], at: now, areWorkersHeard: !setup.hearing.wasBroken(within: setup.configuration.leases.duration))
        defer { setup.crashGuard.leave() }
        for subject in popDue(now) {
            if let trial = try await trial(of: subject) {
                trials.append(trial)
            } else {
                machine.add(InputContent(.alarm(subject)))
                try await advance()
            }
        }
        try await end()
        return trials
    }

    /// Runs the trial alone, or removes its cause if the verdict says that it is poison.
    ///
    /// - Parameter begun: called when the trial's input is in a step.
    private func conduct(_ trial: Trial, at now: Timestamp, begun: () -> Void = {}) async throws {
        switch trial.verdict {
        case .ordinary, .alone:
            do {
                try await setup.crashGuard.tryAlone(trial.subject, culprit: trial.culprit) {
                    try await step(trial, [trial.work], at: now, begun)
                    if setup.crashGuard.isRefused { try await awaitCommits() }
                }
            } catch let error as StorageError where error.code == .misuse {
                setup.logger.error(
                    "The store refuses what this leads to; the second time it is taken out",
                    metadata: [LogKey.instance: "\(trial.subject)", LogKey.error: "\(error)"])
                setup.crashGuard.noteRefusal(of: trial.subject, culprit: trial.culprit, at: now)
                throw error
            }
        case .culprit(let suspect):
            try await remove(trial, suspect, at: now, begun)
            setup.crashGuard.ended(trial.subject, trial.culprit)
        case .instance(let suspect):
            defer { setup.crashGuard.ended(trial.subject, trial.culprit) }
            guard try await exists(trial.subject) else {
                return try await remove(trial, suspect, at: now, begun)
            }
            // The work finds an instance that has ended, and is answered accordingly.
            try await step(trial, [.fail(failure(suspect)), trial.work], at: now, begun)
        }
    }

    /// Removes the cause of a trial, because processes died over it.
    ///
    /// A publisher's message goes to the dead-letter queue whole, and has no other effect: once the code is repaired it
    /// can be published again, with the same IDs. A result or a timer cannot be withheld from the instance that waits
    /// for it without leaving that waiting without end, so in this case the instance fails.
    private func remove(_ trial: Trial, _ suspect: FlightRecord.Suspect, at now: Timestamp, _ begun: () -> Void)
        async throws
    {
        switch trial.cause {
        case .input(let input):
            guard case .command(let command) = input.kind else {
                return try await step(trial, [.fail(failure(suspect))], at: now, begun)
            }
            try await step(trial, removal(suspect, of: command), at: now, begun)
        case .alarm(.held(let id)):
            guard let (command, source) = try await readHeld(id) else {
                // The row is set aside.
                return try await step(trial, [trial.work], at: now, begun)
            }
            try await step(trial, [.dropHeld(id)] + removal(suspect, of: command), source: source, at: now, begun)
        case .alarm: try await step(trial, [.fail(failure(suspect))], at: now, begun)
        }
    }

    private func failure(_ suspect: FlightRecord.Suspect) -> FailInstance {
        suspect.failure(isRefusedByStore: setup.crashGuard.isRefused)
    }

    private func removal(_ suspect: FlightRecord.Suspect, of command: Command) -> [Work] {
        suspect.removal(of: command, isRefusedByStore: setup.crashGuard.isRefused)
    }

    /// Waits until everything so far is durable.
    private func awaitCommits() async throws {
        let done = OneShot<Result<Void, StorageError>>()
        store.commit(PartitionCommit()) { done.set($0) }
        if case .failure(let error) = await done.value { throw release.failure ?? error }
    }

    /// Runs a step for this trial only.
    ///
    /// - Parameter works: the work that the trial's input leads to.
    private func step(
        _ trial: Trial, _ works: [Work], source: InboundMessage? = nil, at now: Timestamp, _ begun: () -> Void
    ) async throws {
        let number = begin(trial.inputs, at: now)
        begun()
        defer { setup.crashGuard.leave() }
        let input = trial.inputs.first
        let message = source ?? input?.source
        machine.add(works.map { InputContent($0, source: message) }, number: input.map { _ in number })
        try await advance()
        try await end()
    }

    /// Notes why the loop ends before it was asked to.
    func noteFailure(_ error: any Error) {
        guard let error = error as? StorageError else { return }
        setup.metrics.storeFailed()
        if error.code == .misuse { setup.crashGuard.noteRefusal(at: setup.clock.now) }
    }

    // MARK: - Who is meant

    private func exists(_ instanceID: String) async throws -> Bool {
        if machine.isInMemory(instanceID) { return true }
        switch try await read(.instance(instanceID)) {
        case .instance(let record): return record.map { !machine.isPurged($0.key) } ?? false
        // The only purpose is to fail the instance, and that is possible.
        case .damaged: return true
        default: return false
        }
    }

    /// Returns the trial for an input, if the input is for a suspect.
    private func trial(of input: PartitionInput) -> Trial? {
        let trial = trial(of: input.kind.crashSubject, .input(input), isFresh: input.isFresh) { input.kind.crashHash }
        // Questions are answered beside the loop, where each is recorded separately.
        if case .command(.query) = input.kind, trial?.verdict == .alone { return nil }
        return trial
    }

    private func trial(of alarm: AlarmQueue.Subject) async throws -> Trial? {
        let subject: String?
        switch alarm {
        case .timer(let key): subject = try await instanceID(key.instance)
        case .lease(let key): subject = try await instanceID(key.instance)
        // A message that cannot be read runs nothing: it is set aside when its alarm fires.
        case .held(let id): subject = try await readHeld(id)?.command.crashSubject
        case .permits: subject = nil
        }
        return trial(of: subject, .alarm(alarm)) { alarm.crashHash }
    }

    private func trial(of subject: String?, _ cause: Trial.Cause, isFresh: Bool = false, culprit: () -> UInt64)
        -> Trial?
    {
        guard let subject else { return nil }
        let verdict = setup.crashGuard.verdict(on: subject, isFresh: isFresh, culprit: culprit)
        return verdict == .ordinary
            ? nil : Trial(subject: subject, culprit: culprit(), verdict: verdict, cause: cause)
    }

    /// Returns the ID of the instance with that key, even if the rest of its row is damaged.
    private func instanceID(_ key: Int64) async throws -> String? {
        if let known = machine.instanceID(key: key) { return known }
        guard case .instance(let record) = try await read(.instanceByKey(key)) else { return nil }
        return record?.instanceID
    }

    /// Returns the content of a held message; `nil` if there is none, or it cannot be read.
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
