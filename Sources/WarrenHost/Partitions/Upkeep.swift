import WarrenStorage

/// Where the work beside a partition's messages runs: the sweeps of the payload folder, and retention.
///
/// A host uses threads of its own. A simulation, which has one thread, decides here that everything runs on that one.
struct Upkeep: Sendable {
    /// The clock of the alarms; `nil` for the host's.
    var clock: (any HostClock)?
    /// Whether work that blocks on a disk runs at once, on the thread that asks for it.
    var isInline = false

    /// Runs work that blocks on a disk.
    ///
    /// - Parameter name: the name of the thread, for debuggers.
    func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        if isInline { return try body() }
        return try await BlockingWork.run(name, body)
    }
}
