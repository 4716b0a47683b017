/// Stands for a program that takes a while, and of which few may run at once.
func render(_ request: ReportRequest) async throws -> String {
    "\(request.month) of \(request.customer)"
}
