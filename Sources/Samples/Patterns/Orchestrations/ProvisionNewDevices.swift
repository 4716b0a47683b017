import Warren

/// Sub-orchestrations: one for each new device, all at the same time. It ends when all have ended, and fails if one failed.
func provisionNewDevices(_ context: OrchestrationContext, _ count: Int?) async throws -> [String] {
    let ids = try await context.call(Patterns.newDeviceIDs, count ?? 3)
    let devices = ids.map { context.start(Patterns.provisionDevice, $0) }
    return try await context.all(devices)
}
