import Warren

/// Race: asks all sellers at the same time, takes the first answer, and calls the others off.
func quickestQuote(_ context: OrchestrationContext, _ sellers: [String]) async throws -> String {
    let quotes = sellers.map { context.start(Patterns.askForQuote, $0, timeout: .minutes(10)) }
    let winner = try await context.any(quotes)
    for loser in quotes where loser != winner { loser.cancel() }
    return try await winner.value
}
