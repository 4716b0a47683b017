import Warren

/// Makes one device ready. It can be started by itself, and is called as a child for each of many.
func provisionDevice(_ context: OrchestrationContext, _ id: String) async throws -> String {
    let device = try await context.call(Patterns.createDevice, id)
    return try await context.call(Patterns.installSoftware, device)
}
