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
        // The body alone can begin the next generation.
        let planned = continuation
        let result: UpdateOutcome.Result
        do {
            result = .completed(try handler.take(input, codec))
        } catch {
            result = .failed(FailureDetails(error, with: codec))
        }
        continuation = planned
        if !isReplaying, !isInert { updateOutcomes.append(UpdateOutcome(id: id, result: result)) }
        return true
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
