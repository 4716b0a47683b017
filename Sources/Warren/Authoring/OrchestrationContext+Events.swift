extension OrchestrationContext {
    /// Waits for an event, as long as it takes.
    ///
    /// Events are kept until somebody asks for them, also those that came before the first wait. If several wait for one
    /// name, the first who asked gets the first event that it can read; an event satisfies one of them.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - unreadable: What becomes of an event that is not a `Value`. It is set aside and the wait goes on, unless you ask
    ///     for it to be thrown.
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

    /// Waits for an event, but not longer than a length of time; `nil` if it did not come.
    ///
    /// An event that comes too late is kept for the next who waits for it.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - timeout: How long to wait at the most.
    ///   - unreadable: What becomes of an event that is not a `Value`; see ``wait(for:unreadable:file:line:)``.
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

    /// Gets in line for an event and goes on; the event is the handle's `value`.
    ///
    /// The handle takes an event even if nobody awaits it yet. Cancel it to leave the event to others, for example after
    /// it lost a race. A Swift task that is cancelled while it awaits the handle leaves the event to others, too; the handle
    /// gets in line again when it is awaited again.
    ///
    /// - Parameters:
    ///   - event: The event to wait for.
    ///   - unreadable: What becomes of an event that is not a `Value`; see ``wait(for:unreadable:file:line:)``.
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

    /// Raises an event at another instance. It is not answered: an instance that does not exist does not get it.
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
    /// What an event has to pass; `nil` for everything.
    fileprivate func check<Value>(_ event: ExternalEvent<Value>) -> TaskSlot.PayloadCheck? {
        guard self == .setAside else { return nil }
        let decode = event.coder.decode
        return { payload, codec in _ = try decode(payload, codec) }
    }
}
