import Logging
import WarrenSupport

extension OrchestratorCore {
    // MARK: Admission

    /// Whether orchestrator code may make a call now.
    func isLive(_ site: CallSite) -> Bool {
        guard isEntered else {
            noteForeignCall("\(site)")
            return false
        }
        return !isInert && readOnlyRefusal(site) == nil
    }

    /// Whether a call that waits may continue. If not, it ends with `throw await refusal(site)`: in this form no value
    /// of the call has to be kept over the `await`.
    func admits(_ site: CallSite) -> Bool {
        isLive(site) && !Task.isCancelled
    }

    /// The reason why a waiting call is refused. Code that continues to call all the same is parked: it is never
    /// resumed.
    func refusal(_ site: CallSite) async -> any Error {
        guard isEntered else { return OrchestrationEvicted() }
        if !isInert {
            // Refused calls count, so that a loop which swallows cancellation ends at the limit.
            do { try admitNow(site) } catch { return error }
            return CancellationError()
        }
        refusals += 1
        if refusals > 1000 {
            if refusals == 1001 {
                baseLogger.warning(
                    "orchestrator does not let go: it goes on after errors that are not task failures",
                    metadata: [
                        LogKey.instance: "\(started.instanceID)", LogKey.orchestration: "\(started.name)",
                    ]
                )
            }
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        }
        return OrchestrationEvicted()
    }

    /// Checks a call that does not wait, before anything else.
    func admitNow(_ site: CallSite) throws {
        guard isLive(site) else { throw readOnlyUse?.violation ?? OrchestrationEvicted() }
        askedThisEpisode += 1
        if askedThisEpisode > Self.maximumActions {
            fail(.tooManyActions(self, site))
            throw OrchestrationEvicted()
        }
    }

    // MARK: Actions

    /// Takes a numbered action: compares it with the recorded one on replay, collects it otherwise.
    ///
    /// - Parameter isSameInput: Whether a recorded input may be used for the present value.
    func ask(
        _ action: OrchestratorAction, _ site: CallSite, isSameInput: (Payload) -> Bool = { _ in false }
    ) throws {
        try admitNow(site)
        if isReplaying {
            guard nextID < recorded.count else {
                fail(.nonDeterminism(self, asked: action, site))
                throw OrchestrationEvicted()
            }
            if let difference = Determinism.difference(action, recorded[nextID], isSameInput) {
                fail(.nonDeterminism(self, asked: action, site, difference: difference))
                throw OrchestrationEvicted()
            }
        } else {
            actions.append(action)
        }
        nextID += 1
    }

    private func opened(_ kind: TaskSlot.Kind, _ id: Int, _ name: String) -> TaskSlot {
        let slot = TaskSlot(kind: kind, id: id, name: name)
        open[id] = slot
        return slot
    }

    func callActivity(
        _ name: String, _ input: Payload, _ terms: TaskTerms, _ site: CallSite,
        isSameInput: (Payload) -> Bool = { _ in false }
    ) throws -> TaskSlot {
        let id = nextID
        try ask(
            .scheduleTask(id: id, name: name, input: input, terms: terms), site, isSameInput: isSameInput)
        return opened(.activity, id, name)
    }

    /// - Parameter childID: The child's instance ID; `nil` for one derived from this call.
    func callOrchestration(
        _ name: String, _ input: Payload, id childID: String?, version: String?, _ site: CallSite,
        isSameInput: (Payload) -> Bool = { _ in false }
    ) throws -> TaskSlot {
        try checkUnlocked(site)
        let id = nextID
        try check(version: version, site)
        let childID = try checked(childID, site) ?? "\(executionID):\(id)"
        try ask(
            .createSubOrchestration(id: id, name: name, instanceID: childID, input: input, version: version), site,
            isSameInput: isSameInput)
        return opened(.subOrchestration, id, name)
    }

    func createTimer(at fireAt: Timestamp, _ site: CallSite) throws -> TaskSlot {
        let id = nextID
        try ask(.createTimer(id: id, fireAt: fireAt), site)
        return opened(.timer, id, "timer")
    }

    func createTimer(after duration: Duration, _ site: CallSite) throws -> TaskSlot {
        let id = nextID
        try ask(.createTimer(id: id, fireAt: now.advanced(by: duration), after: duration), site)
        return opened(.timer, id, "timer")
    }

    /// Cancels a timer. One that has fired or was cancelled before is left unchanged.
    func cancelTimer(_ slot: TaskSlot) {
        guard isEntered, !isInert, open[slot.id] === slot else { return }
        open[slot.id] = nil
        if !isReplaying { actions.append(.cancelTimer(id: slot.id)) }
        settle(slot, .cancelled)
    }

    func sendEvent(
        to instanceID: String, _ name: String, _ input: Payload, _ site: CallSite,
        isSameInput: (Payload) -> Bool
    ) throws {
        if let problem = NameRules.problem(instanceID: instanceID), !instanceID.hasPrefix("@") {
            throw WarrenError(.invalidInstanceID, problem, file: site.file, line: site.line)
        }
        try ask(
            .sendEvent(id: nextID, instanceID: instanceID, name: name, input: input), site, isSameInput: isSameInput)
    }

    func startOrchestration(
        _ name: String, _ input: Payload, id childID: String?, at startAt: Timestamp?, version: String?,
        _ site: CallSite, isSameInput: (Payload) -> Bool = { _ in false }
    ) throws -> String {
        try check(version: version, site)
        let childID = try checked(childID, site) ?? "\(executionID):\(nextID)"
        try ask(
            .startOrchestration(
                id: nextID, name: name, instanceID: childID, input: input, startAt: startAt, version: version), site,
            isSameInput: isSameInput)
        return childID
    }

    private func checked(_ childID: String?, _ site: CallSite) throws -> String? {
        guard let childID else { return nil }
        var problem = NameRules.problem(instanceID: childID)
        let lowered = childID.lowercased()
        if lowered.isExactly(started.instanceID.lowercased()) {
            problem = "The instance ID '\(childID)' is that of the calling instance itself."
        } else if let parent = started.parent, lowered.isExactly(parent.instanceID.lowercased()) {
            problem = "The instance ID '\(childID)' is that of the calling instance's parent."
        }
        if let problem { throw WarrenError(.invalidInstanceID, problem, file: site.file, line: site.line) }
        return childID
    }

    /// Checks the version that a child or the next generation is to have.
    func check(version: String?, _ site: CallSite) throws {
        guard let problem = version.flatMap(OrchestrationVersion.problem) else { return }
        throw WarrenError(.invalidVersion, problem, file: site.file, line: site.line)
    }

    // MARK: Answers

    /// A settled task's payload, or its error.
    // Not inlined: its temporaries would become part of the frame of every suspended wait.
    @inline(never)
    func answer(of slot: TaskSlot) throws -> Payload {
        if slot.kind == .event { pendingEvents.markRead(slot) }
        switch slot.outcome {
        case .result(let payload): return payload
        case .fired: return .null
        case .failed(let failure): throw failure
        case .refused(let error): throw error
        case .cancelled, nil: throw CancellationError()
        }
    }
}
