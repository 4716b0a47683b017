import Warren

/// Function chaining: one call after the other.
func firstVersion(_ context: OrchestrationContext) async throws -> [String] {
    [
        try await context.call(Proposals.tell, "Approved"),
        try await context.call(Proposals.tell, "Rejected"),
    ]
}
