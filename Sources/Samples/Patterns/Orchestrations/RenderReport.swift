import Warren

/// Fairness: the hub renders four reports at a time, customers take turns, and urgent ones go first.
func renderReport(_ context: OrchestrationContext, _ request: ReportRequest) async throws -> String {
    try await context.call(
        Patterns.render, request, priority: request.isUrgent == true ? 9 : 4, fairnessKey: request.customer)
}
