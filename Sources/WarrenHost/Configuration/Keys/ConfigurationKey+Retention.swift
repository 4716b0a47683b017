extension ConfigurationKey {
    /// The keys of how long ended instances are kept.
    static let retention: [ConfigurationKey] = [
        age(\.retention.completed, "retention.completed", "The age at which completed instances are removed."),
        age(\.retention.failed, "retention.failed", "The age at which failed instances are removed."),
        age(\.retention.terminated, "retention.terminated", "The age at which terminated instances are removed."),
        .integer(
            \.retention.rate, "retention.rate", 1...10_000,
            "The maximum number of instances that each partition removes in a second."),
        .text(
            \.retention.exportDirectory, "retention.exportDirectory", .any,
            "The folder to which instances are exported before they are removed.", absent: "no export"),
    ]

    private static func age(
        _ path: any WritableKeyPath<HostConfiguration, Duration?> & Sendable, _ name: String, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .duration(.seconds(60) ... .seconds(3653 * 24 * 3600)), summary, absent: "they are kept",
            value: { $0[keyPath: path].map { .duration($0) } },
            set: { if case .duration(let duration) = $1 { $0[keyPath: path] = duration } })
    }
}
