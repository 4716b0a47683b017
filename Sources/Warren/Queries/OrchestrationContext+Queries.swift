/// Lets others look into a running instance, and change it.
extension OrchestrationContext {
    // MARK: - Queries

    /// Answers a query of this instance: from now on, and also when the instance has ended, as long as the hub has its
    /// history.
    ///
    /// The handler runs between two episodes, or on a replay of the history if the orchestrator is not in memory. It looks
    /// at the orchestrator's variables and returns; calls of the context are refused with ``WarrenError/Code/readOnlyHandler``.
    /// An error that it throws reaches the caller. A second handler of the same name takes the place of the first.
    ///
    /// - Parameters:
    ///   - query: The query's name and types.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    ///   - handler: Answers. It must be quick, because the instance's partition waits for it.
    public func answer<Input, Output>(
        _ query: Query<Input, Output>, file: StaticString = #fileID, line: UInt = #line,
        handler: @escaping (Input) throws -> Output
    ) {
        let (decode, encode) = (query.handler.input.decode, query.handler.output.encode)
        core.register(query: query.name, CallSite(file, line)) { payload, codec in
            try encode(try handler(try decode(payload, codec)), codec)
        }
    }

    /// Answers a query without input; see ``answer(_:file:line:handler:)-(Query<Input,Output>,_,_,_)``.
    public func answer<Output>(
        _ query: Query<Void, Output>, file: StaticString = #fileID, line: UInt = #line,
        handler: @escaping () throws -> Output
    ) {
        let encode = query.handler.output.encode
        core.register(query: query.name, CallSite(file, line)) { _, codec in try encode(try handler(), codec) }
    }

    /// Answers a query, given by its name; see ``answer(_:file:line:handler:)-(Query<Input,Output>,_,_,_)``.
    public func answer<Output: Codable & Sendable>(
        _ name: String, file: StaticString = #fileID, line: UInt = #line, handler: @escaping () throws -> Output
    ) {
        answer(Query<Void, Output>(name, file: file, line: line), file: file, line: line, handler: handler)
    }

    /// Answers a query with an input, given by its name; see
    /// ``answer(_:file:line:handler:)-(Query<Input,Output>,_,_,_)``. An absent input is JSON `null`, which an optional
    /// reads as `nil`.
    public func answer<Input: Codable & Sendable, Output: Codable & Sendable>(
        _ name: String, file: StaticString = #fileID, line: UInt = #line, handler: @escaping (Input) throws -> Output
    ) {
        answer(Query<Input, Output>(name, file: file, line: line), file: file, line: line, handler: handler)
    }

    // MARK: - Updates

    /// Takes updates of this instance: from now on, in the order of their arrival among the other events.
    ///
    /// The validator looks at the input and at the orchestrator's variables, and throws to refuse: nothing is recorded
    /// then, and the caller gets the error. An update that passes is recorded in the history; the handler changes the
    /// variables and returns the result, which is recorded and answered. A handler that is not `async` returns before
    /// anything else happens; it may start calls and timers and send events. One that waits is `async`. If it throws, the
    /// update was taken and its caller gets the error. On replay the handler runs again, and the validator does not.
    ///
    /// An update that arrives before there is a handler waits for one, for as long as an early event does. A second
    /// handler of the same name takes the place of the first.
    ///
    /// - Parameters:
    ///   - update: The update's name and types.
    ///   - validate: Throws to refuse an update.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    ///   - handler: Takes an update, and returns its result.
    public func accept<Input, Output>(
        _ update: Update<Input, Output>, validate: @escaping (Input) throws -> Void = { _ in },
        file: StaticString = #fileID, line: UInt = #line, handler: @escaping (Input) throws -> Output
    ) {
        let (decode, encode) = (update.handler.input.decode, update.handler.output.encode)
        core.register(
            update: update.name, CallSite(file, line),
            StateHandlers.UpdateHandler(
                check: { payload, codec in try validate(try decode(payload, codec)) },
                take: .now { payload, codec in try encode(try handler(try decode(payload, codec)), codec) }))
    }

    /// Takes updates without input, as the method for updates with an input does.
    public func accept<Output>(
        _ update: Update<Void, Output>, validate: @escaping () throws -> Void = {}, file: StaticString = #fileID,
        line: UInt = #line, handler: @escaping () throws -> Output
    ) {
        let encode = update.handler.output.encode
        core.register(
            update: update.name, CallSite(file, line),
            StateHandlers.UpdateHandler(
                check: { _, _ in try validate() }, take: .now { _, codec in try encode(try handler(), codec) }))
    }

    /// Takes updates, given by their name, as the method for references does.
    public func accept<Input: Codable & Sendable, Output: Codable & Sendable>(
        _ name: String, validate: @escaping (Input) throws -> Void = { _ in }, file: StaticString = #fileID,
        line: UInt = #line, handler: @escaping (Input) throws -> Output
    ) {
        accept(
            Update<Input, Output>(name, file: file, line: line), validate: validate, file: file, line: line,
            handler: handler)
    }

    // MARK: - Waiting for what updates do

    /// Waits until a condition on the orchestrator's own variables holds, which updates and other branches of the code
    /// change.
    ///
    /// The condition is tested at once and after every event that reaches the orchestrator. It may only look: calls of the
    /// context make it count as not met.
    ///
    /// ```swift
    /// context.accept(Cart.addItem) { item in items.append(item); return items.count }
    /// try await context.wait { items.count == 3 }
    /// ```
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled.
    public func wait(
        until isMet: @escaping () -> Bool, file: StaticString = #fileID, line: UInt = #line
    ) async throws {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        try core.admitNow(site)
        let slot = core.condition(isMet)
        do {
            _ = try await core.payload(of: slot, ownsTask: false)
        } catch {
            core.withdrawCondition(slot)
            throw error
        }
    }
}
