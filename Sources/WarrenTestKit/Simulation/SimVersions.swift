package import WarrenHost

/// The versions of the hosts of a simulation. The first process has the first host's rules, the next one those of the
/// next, and so on in turn; when no fault occurs any more, a host runs what is left.
package struct SimVersions: Sendable {
    /// The rules of one host, and what they say about a version, written apart from the product's.
    package struct Rules: Sendable {
        package var defaultVersion: String?
        package var match: HostConfiguration.VersionMatch

        /// Whether a host with these rules may run an instance of a version; `nil` is older than every other.
        func admits(_ version: String?) -> Bool {
            switch match {
            case .strict: version == defaultVersion
            case .currentOrOlder: Self.number(version) <= Self.number(defaultVersion)
            default: true
            }
        }

        private static func number(_ version: String?) -> Int { version.flatMap { Int($0) } ?? 0 }
    }

    package var hosts: [Rules]
    /// Whether an instance fails that its host does not run; otherwise it is left for another host.
    package var failsMismatch: Bool
    /// The host at the end.
    static let last = Rules(defaultVersion: "3", match: .none)

    func rules(ofProcess number: Int, isEnd: Bool) -> Rules {
        isEnd || hosts.isEmpty ? Self.last : hosts[(number - 1) % hosts.count]
    }

    func configure(_ configuration: HostConfiguration, _ rules: Rules) -> HostConfiguration {
        var configuration = configuration
        configuration.orchestrations.defaultVersion = rules.defaultVersion
        configuration.orchestrations.versionMatch = rules.match
        configuration.orchestrations.versionMismatch = failsMismatch ? .fail : .reject
        // A start waits until a host comes that runs its version.
        configuration.graces.unknownOrchestration = .seconds(7 * 24 * 3600)
        return configuration
    }
}
