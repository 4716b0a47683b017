/// The context of an orchestration's body: it has the type of the orchestration's input, so that `continueAsNew`
/// accepts no other.
///
/// ```swift
/// func counter(_ context: BodyContext<Int>, _ count: Int) async throws {
///     try await context.sleep(for: .hours(1))
///     try context.continueAsNew(count + 1)      // a String would not compile
/// }
/// ```
public final class BodyContext<Input>: OrchestrationContext, @unchecked Sendable {}

extension BodyContext where Input: Encodable & Sendable {
    /// Ends this generation and continues with a new input and an empty history.
    ///
    /// Tasks under way are abandoned: their results are dropped. It throws to leave the function; do not catch its
    /// error.
    ///
    /// Events that the orchestrator has not seen pass to the next generation, unless `keepingEvents` is `false`.
    public func continueAsNew(
        _ input: Input, keepingEvents: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Never {
        try core.admitNow(CallSite(file, line))
        core.continuation = (try core.codec.encode(input), keepingEvents)
        throw ContinueAsNewRequested()
    }
}

extension BodyContext where Input == Void {
    /// Ends this generation of an orchestration without input, and continues with an empty history.
    public func continueAsNew(
        keepingEvents: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Never {
        try core.admitNow(CallSite(file, line))
        core.continuation = (.null, keepingEvents)
        throw ContinueAsNewRequested()
    }
}
