/// One promise that every implementation of an interface keeps, and the code that checks it.
public struct ComplianceCheck<Bench: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, in words.
    public let name: String
    let body: @Sendable (Bench) async throws -> Void

    /// The promise.
    public var description: String { name }

    init(_ name: String, _ body: @escaping @Sendable (Bench) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the check, for a limited time. What it waits for then ends by cancellation.
    func entry(
        _ findings: ComplianceFindings, within limit: Duration,
        _ run: @escaping @Sendable (@Sendable (Bench) async throws -> Void) async throws -> Void
    ) async -> ComplianceReport.Entry {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await run(body)
                } catch {
                    findings.fail("it ends with an error: \(error)")
                }
                return true
            }
            group.addTask {
                // The limit of a check is a matter of the real time.
                try? await Task.sleep(for: limit)
                return false
            }
            if await group.next() == false { findings.fail("it takes longer than \(limit)") }
            group.cancelAll()
        }
        return ComplianceReport.Entry(name: name, findings: findings.all)
    }
}
