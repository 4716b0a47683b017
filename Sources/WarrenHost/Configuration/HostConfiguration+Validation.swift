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
        try check("journal.size", journal.size, TaskHubTopology.journalRange)
        try check("journal.followers", journal.followers, 0...99)
        try check("activities.concurrency", activities.concurrency, 1...100_000)
        if let places = orchestrations.concurrency { try check("orchestrations.concurrency", places, 1...100_000) }
        try check("orchestrations.warmInstances", orchestrations.warmInstances, 0...10_000_000)
        try check("messages.prefetch", messages.prefetch, 1...2000)
        try check("messages.maximumOutboxRows", messages.maximumOutboxRows, 4...100_000_000)
        try check("messages.maximumSize", messages.maximumSize, 64 << 10...64 << 20)
        try check("activities.maximumDeliveries", activities.maximumDeliveries, 1...100_000)
        try check("messages.maximumHostDeaths", messages.maximumHostDeaths, 2...1000)
        try check("messages.maximumHeld", messages.maximumHeld, 0...100_000_000)
        try check("messages.maximumHeldSize", messages.maximumHeldSize, 0...(1 << 40))
        try check("graces.stop", graces.stop, from: .zero)
        try check("graces.unknownOrchestration", graces.unknownOrchestration, from: .zero)
        try check("graces.earlyEvent", graces.earlyEvent, from: .zero)
        try check("graces.unknownActivity", graces.unknownActivity, from: .zero)
        try check("leases.after", leases.after, from: .milliseconds(1))
        try check("leases.duration", leases.duration, from: .seconds(1))
        try check("messages.duplicateMemory", messages.duplicateMemory, from: .seconds(60))
        for name in activities.foreign.sorted() where !WireRules.isName(name) {
            throw HostError(
                .configuration,
                "activities.foreign: '\(name)' cannot be a name: 1 to 100 letters, digits, '_', '.' or '-', beginning with "
                    + "a letter or '_'.")
        }
        for prefix in messages.replyQueuePrefixes.sorted() where !(1...200).contains(prefix.utf8.count) {
            throw HostError(
                .configuration,
                "messages.replyQueuePrefixes: '\(prefix)' has \(prefix.utf8.count) bytes; it must have 1 to 200."
            )
        }
        guard !roles.isEmpty else {
            throw HostError(.configuration, "roles: name at least one of \(Role.names.joined(separator: ", ")).")
        }
        return names
    }

    /// Checks that a host in production has what its durability needs. Tests replace broker and files by others.
    func checkDurability() throws(HostError) {
        guard storage.durability == .journal, roles.contains(.orchestrator) else { return }
        guard broker.url != nil else {
            throw HostError(
                .configuration,
                "storage.durability: a journal is kept on a broker, and none is configured. Set 'broker.url', or use the durability "
                    + "'local'.")
        }
        guard storage.directory != nil else {
            throw HostError(
                .configuration,
                "storage.durability: a journal is applied to the files of a data directory, and none is configured. Set "
                    + "'storage.directory', or use the durability 'local'.")
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
