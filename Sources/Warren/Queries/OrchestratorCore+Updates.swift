/// Takes updates. An update is an event with a function of the code behind it, and with an answer.
extension OrchestratorCore {
    /// Registers the function that takes an update.
    func register(update name: String, _ site: CallSite, _ handler: StateHandlers.UpdateHandler) {
        guard isLive(site) else { return }
        var handlers = handlers ?? StateHandlers()
        let isNew = handlers.updates[name] == nil
        let isAdded = handlers.add(update: name, handler)
        self.handlers = handlers
        if !isAdded { return fail(.tooManyHandlers(self, site)) }
        if isNew, !isReplaying { newUpdateNames.append(name) }
    }

    /// Takes an update.
    ///
    /// A recorded one was taken, so it is not checked again.
    ///
    /// - Returns: whether it took effect.
    func receive(update id: String, _ name: String, _ input: Payload) -> Bool {
        guard case .running = body else {
            updateOutcomes.append(UpdateOutcome(id: id, result: .ended))
            return false
        }
        guard let handler = handlers?.updates[name] else {
            if isReplaying {
                fail(.missingHandler(self, name))
            } else {
                updateOutcomes.append(
                    UpdateOutcome(id: id, result: .noHandler(known: handlers?.updateNames ?? [])))
            }
            return false
        }
        if !isReplaying {
            let check = readOnly("The validator of an update") { try handler.check(input, codec) }
            if case .failure(let error) = check {
                updateOutcomes.append(UpdateOutcome(id: id, result: .refused(FailureDetails(error, with: codec))))
                return false
            }
        }
        switch handler.take {
        case .now(let take):
            // The body alone can begin the next generation.
            let planned = continuation
            let result: UpdateOutcome.Result
            do {
                result = .completed(try take(input, codec))
            } catch {
                result = .failed(FailureDetails(error, with: codec))
            }
            continuation = planned
            if !isInert { note(id, result) }
        case .later(let take):
            let isFull = (handlers?.openUpdates.count ?? 0) >= StateHandlers.mostOpenUpdates
            if isFull, !isReplaying {
                updateOutcomes.append(UpdateOutcome(id: id, result: .refused(.tooManyUpdates)))
                return false
            }
            begin(update: id, input, take)
        }
        return true
    }

    /// Notes what became of an update. A replay tells nobody: the episode told it when it ran for the first time.
    private func note(_ id: String, _ result: UpdateOutcome.Result) {
        guard !isReplaying else { return }
        // An update that begins and ends in one episode has one outcome.
        if let index = updateOutcomes.firstIndex(where: { $0.id == id && $0.result == .begun }) {
            updateOutcomes[index].result = result
        } else {
            updateOutcomes.append(UpdateOutcome(id: id, result: result))
        }
    }

    // MARK: - Handlers that wait

    /// Starts a handler that may wait, in a task of its own on this executor: like the body, it runs when the driver
    /// drains, and never beside other code of the instance.
    private func begin(
        update id: String, _ input: Payload, _ take: @escaping (Payload, any PayloadCodec) async throws -> Payload
    ) {
        note(id, .begun)
        let codec = codec
        // The handler shares variables with the body, and both run on this executor alone, one after the other.
        nonisolated(unsafe) let take = take
        let task = Task.detached(executorPreference: self) {
            let result: UpdateOutcome.Result
            do {
                result = .completed(try await UpdateScope.$isInHandler.withValue(true) { try await take(input, codec) })
            } catch {
                result = .failed(FailureDetails(error, with: codec))
            }
            self.finish(update: id, result)
        }
        handlers?.openUpdates.append(StateHandlers.OpenUpdate(id: id, task: task))
    }

    private func finish(update id: String, _ result: UpdateOutcome.Result) {
        // The handler was unwound on another thread after the eviction: its result is not used.
        guard isEntered, !isInert else { return }
        // One that was given up with the body has been answered.
        guard let index = handlers?.openUpdates.firstIndex(where: { $0.id == id }) else { return }
        handlers?.openUpdates.remove(at: index)
        note(id, result)
    }

    /// Gives up the updates that are under way when the body has ended: their callers get a failure, and their handlers
    /// are cancelled.
    func abandonUpdates() {
        guard let updates = handlers?.openUpdates, !updates.isEmpty else { return }
        handlers?.openUpdates = []
        for update in updates {
            note(update.id, .failed(.abandonedUpdate))
            update.task.cancel()
        }
    }

    // MARK: - Conditions

    /// Waits until a condition on the orchestrator's state holds. It is tested after every event.
    func condition(_ isMet: @escaping () -> Bool) -> TaskSlot {
        let slot = TaskSlot(kind: .composite, id: -1, name: "condition")
        if case .success(true) = readOnly("A condition", isMet) {
            settle(slot, .fired)
            return slot
        }
        var handlers = handlers ?? StateHandlers()
        handlers.conditions.append(StateHandlers.Condition(slot: slot, isMet: isMet))
        self.handlers = handlers
        return slot
    }

    /// Ends a wait for a condition.
    func withdrawCondition(_ slot: TaskSlot) {
        guard isEntered, !isInert else { return }
        handlers?.conditions.removeAll { $0.slot === slot }
    }

    /// Resumes the code that waits for conditions which hold now, one after the other in the order in which the waits
    /// began: what one of them does may meet, or undo, the condition of the next.
    func settleConditions() {
        while !isInert, let conditions = handlers?.conditions,
            let index = conditions.firstIndex(where: { condition in
                if case .success(true) = readOnly("A condition", condition.isMet) { true } else { false }
            })
        {
            let slot = conditions[index].slot
            handlers?.conditions.removeAll { $0.slot === slot }
            settle(slot, .fired)
            drain()
        }
    }
}
