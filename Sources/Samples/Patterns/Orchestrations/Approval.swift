import Warren

/// Human interaction: waits for a decision, and escalates when none comes in time.
func approval(_ context: OrchestrationContext, _ request: ApprovalRequest?) async throws -> [String] {
    let timeout = Duration.seconds(request?.timeoutSeconds ?? 20)
    context.print("Waiting \(timeout) for an approval.")
    guard let decision = try await context.wait(for: Patterns.approvalGiven, timeout: timeout) else {
        return [try await context.call(Patterns.escalate, "Head of department")]
    }
    // An event without data approves, as one with `true` does.
    return [try await context.call(Patterns.tellApproval, decision ?? true ? "Approved" : "Rejected")]
}
