import Warren

/// Copies rows one by one, and begins where the run before it was: heartbeats carry how far it is.
func copyRows(_ job: CopyJob, _ context: ActivityContext) async throws -> String {
    let rows = job.rows
    var copied = 0
    func copy(_ row: Int) async throws {
        if row == job.breaksAt, context.retryAttempt == 1 { throw TornTape(row: row) }
        copied += 1
    }
    var next = try context.previousHeartbeat(as: Int.self) ?? 0
    while next < rows {
        try Task.checkCancellation()
        try await copy(next)
        next += 1
        try context.heartbeat(next)
    }
    return "\(copied) of \(rows) rows in the last run"
}

/// What breaks a copy down, once.
struct TornTape: Error, CustomStringConvertible {
    let row: Int
    var description: String { "the tape broke at row \(row)" }
}
