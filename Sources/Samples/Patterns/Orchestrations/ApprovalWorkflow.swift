import Warren

/// Human interaction: asks for an approval, waits three days for the answer without holding anything, and escalates.
func approvalWorkflow(_ context: OrchestrationContext, _ subject: String?) async throws -> String {
    let request = try await context.call(Patterns.requestApproval, subject ?? "the project design proposal")
    try context.setCustomStatus(request)
    guard let isApproved = try await context.wait(for: Patterns.approvalEvent, timeout: .hours(72)) else {
        return try await context.call(Patterns.escalate, "Head of department")
    }
    return try await context.call(Patterns.handleApproval, isApproved)
}
