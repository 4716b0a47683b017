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
    /// Events that the orchestrator has not seen pass to the next generation, unless `keepingEvents` is `false`. With a
    /// `version` the next generation begins with that one; without, it keeps the version of this one.
    public func continueAsNew(
        _ input: Input, keepingEvents: Bool = true, version: String? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) throws -> Never {
        let site = CallSite(file, line)
        try core.admitNow(site)
        if UpdateScope.isInHandler { throw ContinueAsNewInHandler() }
        try core.check(version: version, site)
        core.continuation = .init(
            input: try core.codec.encode(input), keepingEvents: keepingEvents, version: version)
        throw ContinueAsNewRequested()
    }
}

extension BodyContext where Input == Void {
    /// Ends this generation of an orchestration without input, and continues with an empty history.
    public func continueAsNew(
        keepingEvents: Bool = true, version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Never {
        let site = CallSite(file, line)
        try core.admitNow(site)
        if UpdateScope.isInHandler { throw ContinueAsNewInHandler() }
        try core.check(version: version, site)
        core.continuation = .init(input: .null, keepingEvents: keepingEvents, version: version)
        throw ContinueAsNewRequested()
    }
}
