/// The context that an orchestration's body is given: it knows the type of the input, so that the next generation cannot
/// be given another.
///
/// ```swift
/// func counter(_ context: BodyContext<Int>, _ count: Int) async throws {
///     try await context.sleep(for: .hours(1))
///     try context.continueAsNew(count + 1)      // a String would not compile
/// }
/// ```
public final class BodyContext<Input>: OrchestrationContext, @unchecked Sendable {}

extension BodyContext where Input: Encodable & Sendable {
    /// Ends this generation and goes on with a new input and an empty history.
    ///
    /// Tasks under way are forgotten: their results are dropped. It throws to leave the function; let it through.
    ///
    /// Events that nobody has looked at yet are handed to the next generation, unless `keepingEvents` is `false`.
    public func continueAsNew(
        _ input: Input, keepingEvents: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Never {
        try core.admitNow(CallSite(file, line))
        core.continuation = (try core.codec.encode(input), keepingEvents)
        throw ContinueAsNewRequested()
    }
}

extension BodyContext where Input == Void {
    /// Ends this generation of an orchestration without input, and goes on with an empty history.
    public func continueAsNew(
        keepingEvents: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Never {
        try core.admitNow(CallSite(file, line))
        core.continuation = (.null, keepingEvents)
        throw ContinueAsNewRequested()
    }
}
