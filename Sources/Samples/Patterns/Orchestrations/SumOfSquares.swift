import Warren

/// Fan-out, fan-in: squares all numbers at the same time, then adds the results.
func sumOfSquares(_ context: OrchestrationContext, _ numbers: Numbers) async throws -> Int {
    let squares = numbers.values.map { context.start(Patterns.square, $0) }
    return try await context.all(squares).reduce(0, +)
}
