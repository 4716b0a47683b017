/// Takes updates with handlers that wait.
extension OrchestrationContext {
    /// Takes updates of this instance with a handler that waits, for calls, timers and events as the body does.
    ///
    /// The handler begins when the update has passed its validator, and its caller is answered when it has ended, in
    /// whichever process that is. Meanwhile the body and other handlers go on; only one of them runs at a time, and changes
    /// places with others at an `await` alone. What a handler saw before an `await` may therefore be different after it.
    ///
    /// A handler that has not ended when the body ends, or continues as new, is cancelled, and its caller gets a failure
    /// of the type `UpdateAbandoned`; ``waitForUpdates(file:line:)`` before the end prevents that. Up to 100 updates may be
    /// under way; further ones are refused. A handler cannot call `continueAsNew`.
    ///
    /// ```swift
    /// context.accept(Cart.pay) { card in
    ///     let receipt = try await context.call(Payments.charge, card)
    ///     isPaid = true
    ///     return receipt
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - update: The update's name and types.
    ///   - validate: Throws to refuse an update. It does not wait.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    ///   - handler: Takes an update, and returns its result.
    public func accept<Input, Output>(
        _ update: Update<Input, Output>, validate: @escaping (Input) throws -> Void = { _ in },
        file: StaticString = #fileID, line: UInt = #line, handler: @escaping (Input) async throws -> Output
    ) {
        let (decode, encode) = (update.handler.input.decode, update.handler.output.encode)
        core.register(
            update: update.name, CallSite(file, line),
            StateHandlers.UpdateHandler(
                check: { payload, codec in try validate(try decode(payload, codec)) },
                take: .later { payload, codec in try encode(try await handler(try decode(payload, codec)), codec) }))
    }

    /// Takes updates without input with a handler that waits, for calls, timers and events as the body does.
    ///
    /// - Parameters:
    ///   - update: The update's name and types.
    ///   - validate: Throws to refuse an update. It does not wait.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    ///   - handler: Takes an update, and returns its result.
    public func accept<Output>(
        _ update: Update<Void, Output>, validate: @escaping () throws -> Void = {}, file: StaticString = #fileID,
        line: UInt = #line, handler: @escaping () async throws -> Output
    ) {
        let encode = update.handler.output.encode
        core.register(
            update: update.name, CallSite(file, line),
            StateHandlers.UpdateHandler(
                check: { _, _ in try validate() },
                take: .later { _, codec in try encode(try await handler(), codec) }))
    }

    /// Takes updates, given by their name, with a handler that waits, for calls, timers and events as the body does.
    ///
    /// - Parameters:
    ///   - name: The update's name.
    ///   - validate: Throws to refuse an update. It does not wait.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    ///   - handler: Takes an update, and returns its result.
    public func accept<Input: Codable & Sendable, Output: Codable & Sendable>(
        _ name: String, validate: @escaping (Input) throws -> Void = { _ in }, file: StaticString = #fileID,
        line: UInt = #line, handler: @escaping (Input) async throws -> Output
    ) {
        accept(
            Update<Input, Output>(name, file: file, line: line), validate: validate, file: file, line: line,
            handler: handler)
    }

    /// Waits until no update is under way: every handler that has begun has ended. Call it in the body, before it ends;
    /// a handler that calls it waits for itself.
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled.
    public func waitForUpdates(file: StaticString = #fileID, line: UInt = #line) async throws {
        try await wait(until: { [core] in core.handlers?.openUpdates.isEmpty ?? true }, file: file, line: line)
    }
}
