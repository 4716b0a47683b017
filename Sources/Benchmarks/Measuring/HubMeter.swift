/// Measures what the hosts of a hub use: this process, or processes of their own, which do nothing else.
struct HubMeter: Sendable {
    private let cluster: Cluster?
    private let own: UsageMeter
    private let before: [HostUsage]

    init(_ cluster: Cluster?) async throws {
        self.cluster = cluster
        before = try await cluster?.usage() ?? []
        own = UsageMeter()
    }

    /// The CPU of all hosts together, and the memory of the largest.
    func stop() async throws -> Usage {
        var usage = own.stop()
        guard let cluster else { return usage }
        let after = try await cluster.usage()
        let used = after.reduce(0) { $0 + $1.cpuSeconds } - before.reduce(0) { $0 + $1.cpuSeconds }
        usage.cpu = used / max(usage.seconds, 1e-9)
        usage.residentBytes = after.map(\.residentBytes).max() ?? 0
        usage.allocations = 0
        return usage
    }
}
