import Warren
import WarrenMessaging

extension HostConfiguration {
    /// Checks every value, and names the first one that is out of range together with the good ones.
    func validated() throws(HostError) -> TaskHubName {
        let names: TaskHubName
        do {
            names = try TaskHubName(hub)
        } catch {
            throw HostError(.configuration, "hub: \(error)", cause: error)
        }
        try check("partitionCount", partitionCount, 1...99)
        try check("journalBytes", journalBytes, TaskHubTopology.journalRange)
        try check("followers", followers, 0...99)
        try check("maximumConcurrentActivities", maximumConcurrentActivities, 1...100_000)
        try check("maximumConcurrentOrchestrations", maximumConcurrentOrchestrations, 1...100_000)
        try check("maximumWarmInstances", maximumWarmInstances, 0...10_000_000)
        try check("prefetch", prefetch, 1...2000)
        try check("maximumOutboxRows", maximumOutboxRows, 4...100_000_000)
        try check("maximumMessageBytes", maximumMessageBytes, 64 << 10...64 << 20)
        try check("maximumActivityDeliveries", maximumActivityDeliveries, 1...100_000)
        try check("maximumHostDeaths", maximumHostDeaths, 2...1000)
        try check("maximumHeldMessages", maximumHeldMessages, 0...100_000_000)
        try check("maximumHeldBytes", maximumHeldBytes, 0...(1 << 40))
        try check("gracePeriod", gracePeriod, from: .zero)
        try check("unknownOrchestrationGrace", unknownOrchestrationGrace, from: .zero)
        try check("earlyEventGrace", earlyEventGrace, from: .zero)
        try check("unknownActivityGrace", unknownActivityGrace, from: .zero)
        try check("leaseAfter", leaseAfter, from: .milliseconds(1))
        try check("lease", lease, from: .seconds(1))
        try check("duplicateMemory", duplicateMemory, from: .seconds(60))
        for name in foreignActivities.sorted() where !WireRules.isName(name) {
            throw HostError(
                .configuration,
                "foreignActivities: '\(name)' cannot be a name: 1 to 100 letters, digits, '_', '.' or '-', beginning with "
                    + "a letter or '_'.")
        }
        for prefix in replyQueuePrefixes.sorted() where !(1...200).contains(prefix.utf8.count) {
            throw HostError(
                .configuration, "replyQueuePrefixes: '\(prefix)' has \(prefix.utf8.count) bytes; it must have 1 to 200."
            )
        }
        guard !roles.isEmpty else {
            throw HostError(.configuration, "roles: name at least one of \(Role.names.joined(separator: ", ")).")
        }
        return names
    }

    /// Checks that a host in production has what its durability needs. Tests replace broker and files by others.
    func checkDurability() throws(HostError) {
        guard durability == .journal, roles.contains(.orchestrator) else { return }
        guard broker != nil else {
            throw HostError(
                .configuration,
                "durability: a journal is kept on a broker, and none is configured. Set 'broker', or use the durability "
                    + "'local'.")
        }
        guard dataDirectory != nil else {
            throw HostError(
                .configuration,
                "durability: a journal is applied to the files of a data directory, and none is configured. Set "
                    + "'dataDirectory', or use the durability 'local'.")
        }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(HostError) {
        guard range.contains(value) else {
            throw HostError(
                .configuration,
                "\(name): \(value) is out of range; it must be \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private func check(_ name: String, _ value: Duration, from least: Duration) throws(HostError) {
        guard value >= least, value <= .seconds(366 * 24 * 3600) else {
            throw HostError(
                .configuration, "\(name): \(value) is out of range; it must be \(least) to 366 days.")
        }
    }
}
