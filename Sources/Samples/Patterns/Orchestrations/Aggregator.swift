import Warren

/// Eternal orchestration: adds up what events bring until it is told to stop. Each event is a generation of its own, so
/// that a million events leave a history as short as one; those that came meanwhile go along to the next generation.
func aggregator(_ context: BodyContext<Int?>, _ total: Int?) async throws -> Int {
    let total = total ?? 0
    try context.setCustomStatus(total)
    let next = context.startWaiting(for: Patterns.add)
    let stop = context.startWaiting(for: Patterns.stop)
    // What has come already is added first: of several tasks that are over, `any` gives the first in this order.
    guard try await context.any(next, stop) == next else { return total }
    let (sum, overflow) = total.addingReportingOverflow(try await next.value)
    guard !overflow else { throw TotalTooLarge(total: total) }
    try context.continueAsNew(sum)
}

/// The total does not fit into 64 bits any more.
struct TotalTooLarge: Error, CustomStringConvertible {
    let total: Int
    var description: String { "more than \(total) does not fit into 64 bits" }
}
