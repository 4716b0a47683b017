import Warren

/// Fan-out, fan-in: finds out what there is to do, does all of it at the same time, and reports the sum.
func fanOutFanIn(_ context: OrchestrationContext, _ count: Int?) async throws -> String {
    let work = try await context.call(Patterns.findWork, count ?? 10)
    let results = work.map { context.start(Patterns.square, $0) }
    let sum = try await context.all(results).reduce(0, +)
    return try await context.call(Patterns.reportSum, sum)
}
