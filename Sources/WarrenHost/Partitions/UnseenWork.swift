/// Counts work that no transport sees: messages from partition to partition of one process, partitions that are woken,
/// and partitions that are working. By it a test knows that a hub is not at rest yet.
package protocol UnseenWork: Sendable {
    /// Notes that a message or a wake-up is on its way, or that a partition begins.
    func begin()
    /// Notes that the message has taken effect, that the wake-up has arrived, or that the partition waits again; any
    /// work that follows has begun already.
    func end()
}

extension Optional where Wrapped == any UnseenWork {
    /// Counts everything that a partition does from waking up to setting its alarm: a test that moves the clock then finds
    /// all alarms.
    func counting(_ isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void) async rethrows {
        self?.begin()
        defer { self?.end() }
        try await work()
    }
}
