extension OrchestrationContext {
    /// Waits for an event, without a time limit.
    ///
    /// Events are buffered until the orchestrator waits for them, including those that arrive earlier. If several waits
    /// are for one name, the first one gets the first event that it can read; an event satisfies one of them.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - unreadable: The treatment of an event that is not a `Value`. By default it is set aside and the wait
    ///     continues; it can be thrown instead.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    public func wait<Value>(
        for event: ExternalEvent<Value>, unreadable: UnreadableEvent = .setAside, file: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Value {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        try core.admitNow(site)
        let slot = core.awaitEvent(event.name, check: unreadable.check(event))
        return try event.coder.decode(try await core.payload(of: slot, ownsTask: true), core.codec)
    }

    /// Waits for an event with a time limit; `nil` if the limit is reached.
    ///
    /// An event that arrives later is buffered for the next wait.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - timeout: The time limit.
    ///   - unreadable: The treatment of an event that is not a `Value`; see ``wait(for:unreadable:file:line:)``.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    public func wait<Value>(
        for event: ExternalEvent<Value>, timeout: Duration, unreadable: UnreadableEvent = .setAside,
        file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Value? {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        try core.admitNow(site)
        let slot = core.awaitEvent(event.name, check: unreadable.check(event))
        if slot.outcome == nil {
            let timer: TaskSlot
            do {
                timer = try core.createTimer(after: timeout, site)
            } catch {
                core.withdrawEvent(slot)
                throw error
            }
            do {
                let winner = try await core.waitForFirst(of: [slot, timer])
                core.cancelTimer(timer)
                if winner !== slot {
                    core.withdrawEvent(slot)
                    return nil
                }
            } catch {
                core.cancelTimer(timer)
                core.withdrawEvent(slot)
                throw error
            }
        }
        return try event.coder.decode(try core.answer(of: slot), core.codec)
    }

    /// Begins to wait for an event and returns; the event is the handle's `value`.
    ///
    /// The handle takes an event even if it is not awaited yet. Cancel it to leave the event to other waits, for
    /// example after it lost a race. A Swift task that is cancelled while it awaits the handle leaves the event to
    /// other waits, too; the handle waits again when it is awaited again.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - unreadable: The treatment of an event that is not a `Value`; see ``wait(for:unreadable:file:line:)``.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    public func startWaiting<Value>(
        for event: ExternalEvent<Value>, unreadable: UnreadableEvent = .setAside, file: StaticString = #fileID,
        line: UInt = #line
    ) -> DurableTask<Value> {
        let site = CallSite(file, line)
        let slot: TaskSlot
        do {
            try core.admitNow(site)
            slot = core.awaitEvent(event.name, check: unreadable.check(event))
        } catch {
            slot = TaskSlot(kind: .composite, id: -1, name: event.name, outcome: .refused(error))
        }
        return DurableTask(core, slot, site, nil, event.coder.decode)
    }

    /// Raises an event at another instance. There is no answer: an instance that does not exist does not get it.
    public func send<Value>(
        _ event: ExternalEvent<Value>, _ value: Value, to instanceID: String, file: StaticString = #fileID,
        line: UInt = #line
    ) throws {
        let core = core
        try core.sendEvent(
            to: instanceID, event.name, try event.coder.encode(value, core.codec), CallSite(file, line)
        ) { event.coder.isEqual(value, $0, core.codec) }
    }

    /// Raises an event without a value at another instance.
    public func send(
        _ event: ExternalEvent<Void>, to instanceID: String, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try send(event, (), to: instanceID, file: file, line: line)
    }
}

extension UnreadableEvent {
    /// The check that an event has to pass; `nil` if every event passes.
    fileprivate func check<Value>(_ event: ExternalEvent<Value>) -> TaskSlot.PayloadCheck? {
        guard self == .setAside else { return nil }
        let decode = event.coder.decode
        return { payload, codec in _ = try decode(payload, codec) }
    }
}
