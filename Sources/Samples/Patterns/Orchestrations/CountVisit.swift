import Warren

/// Entity: counts a visit to a page, and gives how many there were. Visits that come at the same time are counted one
/// after the other.
func countVisit(_ context: BodyContext<String>, _ page: String) async throws -> Int {
    try await context.call(Patterns.addToCounter, 1, on: page)
}
