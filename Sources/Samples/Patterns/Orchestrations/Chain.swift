import Warren

/// Function chaining with compensation: each result is the next input, and whichever fails, one block undoes.
func chain(_ context: OrchestrationContext, _ start: ChainLink) async throws -> String {
    var link = start
    do {
        link.value = try await context.call(Patterns.f1, link)
        link.value = try await context.call(Patterns.f2, link)
        link.value = try await context.call(Patterns.f3, link)
        return try await context.call(Patterns.f4, link)
    } catch let failure as TaskFailure {
        context.print("\(failure.name) failed: \(failure.details.message).", level: .warning)
        return try await context.call(Patterns.compensate, link.value)
    }
}
