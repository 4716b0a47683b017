import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Rounds while something is suspected of having killed the last process.
extension PartitionProcessor {
    /// What came for a suspect.
    struct Trial {
        var subject: String
        var culprit: UInt64
        var verdict: SuspectList.Verdict
        var cause: Cause

        enum Cause {
            case input(PartitionInput)
            case alarm(AlarmQueue.Subject)
        }
    }

    /// Works off inputs in their order: those of suspects one by one, with nothing else running, the others as ever.
    func workCarefully(_ inputs: [PartitionInput], settled: [Int64], now: Timestamp) async throws {
        setup.crashGuard.ledger.endProbation(now)
        var rest = inputs[...]
        var settled = settled
        do {
            // 1 What came, in order.
            while !rest.isEmpty {
                let crowd = Array(rest.prefix { trial(of: $0) == nil })
                if !crowd.isEmpty {
                    await setup.limiter.enter()
                    defer { setup.limiter.leave() }
                    rest = rest.dropFirst(crowd.count)
                    try round(of: crowd, settled: settled, now: now) { batch in
                        for input in crowd { try apply(input, &batch) }
                    }
                    settled = []
                } else if let input = rest.first, let trial = trial(of: input) {
                    await setup.limiter.enterAlone()
                    defer { setup.limiter.leaveAlone() }
                    rest = rest.dropFirst()
                    try hold(trial, now: now)
                }
            }
            // 2 What is due, suspects afterwards.
            guard !settled.isEmpty || isDue(now) else { return }
            var trials: [Trial] = []
            await setup.limiter.enter()
            do {
                defer { setup.limiter.leave() }
                try round(of: [], settled: settled, now: now) { batch in
                    try takeDue(now) { subject in
                        if let trial = try trial(of: subject) {
                            trials.append(trial)
                        } else {
                            try ring(subject, &batch)
                        }
                    }
                }
            }
            for trial in trials {
                await setup.limiter.enterAlone()
                defer { setup.limiter.leaveAlone() }
                try hold(trial, now: now)
            }
        } catch {
            // These are in no round yet; those that are will be put in front of them.
            mailbox.putBack(Array(rest))
            throw error
        }
    }

    /// Tries, or takes out.
    private func hold(_ trial: Trial, now: Timestamp) throws {
        let taken: [PartitionInput] = if case .input(let input) = trial.cause { [input] } else { [] }
        switch trial.verdict {
        case .ordinary, .alone:
            try setup.crashGuard.tryAlone(trial.subject, culprit: trial.culprit) {
                try round(of: taken, settled: [], now: now) { batch in try take(trial.cause, &batch) }
            }
        case .culprit(let suspect):
            try round(of: taken, settled: [], now: now) { batch in
                try takeOut(trial.cause, suspect, &batch)
            }
        case .instance(let suspect):
            try round(of: taken, settled: [], now: now) { batch in
                if let state = try find(trial.subject) {
                    try failPoisonous(state, suspect, &batch)
                    batch.endedSuspects.append(trial.subject)
                    // It meets an instance that has ended, and is answered accordingly.
                    try take(trial.cause, &batch)
                } else {
                    try takeOut(trial.cause, suspect, &batch)
                }
            }
        }
    }

    private func take(_ cause: Trial.Cause, _ batch: inout StepBatch) throws {
        switch cause {
        case .input(let input): try apply(input, &batch)
        case .alarm(let subject): try ring(subject, &batch)
        }
    }

    /// The trial that an input is due, if it comes for a suspect.
    private func trial(of input: PartitionInput) -> Trial? {
        let trial = trial(of: input.suspicionSubject, .input(input), isFresh: input.isFresh) { input.suspicionHash }
        // Questions are answered beside the loop, where each is marked by itself.
        if case .command(.query) = input.kind, trial?.verdict == .alone { return nil }
        return trial
    }

    private func trial(of alarm: AlarmQueue.Subject) throws -> Trial? {
        let subject: String?
        switch alarm {
        case .timer(let key): subject = try instanceID(key: key.instance)
        case .lease(let key): subject = try instanceID(key: key.instance)
        case .held(let id):
            do {
                subject = try held[id].flatMap { try read($0).command.suspicionSubject }
            } catch let error as StorageError where error.reach == .unit {
                // It runs nothing: it is set aside when it rings.
                subject = nil
            }
        }
        return trial(of: subject, .alarm(alarm)) { alarm.suspicionHash }
    }

    private func trial(of subject: String?, _ cause: Trial.Cause, isFresh: Bool = false, culprit: () -> UInt64)
        -> Trial?
    {
        guard let subject else { return nil }
        let verdict = setup.crashGuard.ledger.verdict(on: subject, isFresh: isFresh, culprit: culprit)
        return verdict == .ordinary
            ? nil : Trial(subject: subject, culprit: culprit(), verdict: verdict, cause: cause)
    }
}

extension PartitionInput {
    /// The instance, or the message, that a death over this input is put down to.
    var suspicionSubject: String? {
        switch kind {
        case .command(let command): command.suspicionSubject
        case .undeliverable(let token, _): token.instanceID
        case .refused, .unsendable, .damaged: nil
        }
    }

    /// Whether the broker has never delivered it before, so that no process can have died over it. A question that is
    /// asked again is the same question.
    var isFresh: Bool {
        if case .command(let command) = kind, command.isQuestion { return false }
        guard case .delivery = receipt, let source else { return false }
        return !source.isRedelivered
    }

    /// Tells this input from others for the same subject.
    var suspicionHash: UInt64 {
        switch kind {
        case .command(let command): command.suspicionHash
        case .undeliverable(let token, _): token.suspicionHash
        case .refused, .unsendable, .damaged: 1
        }
    }
}
