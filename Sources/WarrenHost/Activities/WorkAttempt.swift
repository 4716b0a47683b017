import Warren
import WarrenMessaging
import WarrenSupport

/// One run of an activity, with everything that belongs to it from its beginning to its answer.
final class WorkAttempt: Sendable {
    let run: ActivityRun
    let lines: PrintedLines
    let span: ActivitySpan?
    let timers: ActivityMetrics
    let start = ContinuousClock.now
    private let body: FunctionRegistry.ActivityBody
    private let context: ActivityContext

    init(
        run: ActivityRun, body: @escaping FunctionRegistry.ActivityBody, context: ActivityContext, lines: PrintedLines,
        span: ActivitySpan?, timers: ActivityMetrics
    ) {
        self.run = run
        self.body = body
        self.context = context
        self.lines = lines
        self.span = span
        self.timers = timers
    }

    /// Runs the code. Payloads that are in the payload folder are fetched from there, and put there.
    ///
    /// - Throws: what the code throws; `PayloadFailure`.
    func result(_ payloads: ActivityPayloads) async throws -> Payload {
        let item = run.call.item
        let input = item.takesReferences ? try await payloads.input(of: item) : item.input
        let result = try await run.perform { try await self.output(of: input) }
        return item.takesReferences ? try await payloads.stored(result, of: item) : result
    }

    private func output(of input: Payload) async throws -> Payload {
        guard let span else { return try await body(input, context) }
        return try await span.run { try await body(input, context) }
    }
}
