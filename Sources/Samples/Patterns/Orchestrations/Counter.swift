import Warren

/// Eternal orchestration: counts until it is told to stop. Each count is a new generation, so its history stays short.
func counter(_ context: BodyContext<Count?>, _ count: Count?) async throws -> Int {
    let count = count ?? Count(value: 0)
    try context.setCustomStatus(count)
    guard let stop = try await context.wait(for: Patterns.stop, timeout: .seconds(count.everySeconds ?? 1)) else {
        try context.continueAsNew(Count(value: count.value + 1, everySeconds: count.everySeconds))
    }
    context.print("Stopped at \(count.value): \(stop ?? "no reason given").")
    return count.value
}
