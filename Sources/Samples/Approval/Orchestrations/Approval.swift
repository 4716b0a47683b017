import Warren

/// Human interaction: an approval within 20 seconds, or the proposal goes to the head of department.
///
/// Any event called `Approval` approves, whatever it says. The timer is taken back when it comes, so the instance ends at
/// once and not after 20 seconds.
func approval(_ context: OrchestrationContext) async throws -> [String] {
    if try await context.wait(for: Proposals.approved, timeout: .seconds(20)) != nil {
        [try await context.call(Proposals.tell, "Approved")]
    } else {
        [try await context.call(Proposals.escalate, "Head of department")]
    }
}
