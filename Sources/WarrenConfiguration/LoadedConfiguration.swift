public import Configuration
public import Logging
public import WarrenHost

/// The configuration of a program that runs a host, read from its sources and checked.
///
/// ```swift
/// let loaded = try LoadedConfiguration.load(defaults: ["hub": "orders"])
/// let host = try TaskHubHost(loaded.host, logger: logger)
/// ```
public struct LoadedConfiguration: Sendable {
    /// A place at which health and metrics are served.
    public struct Health: Sendable, Hashable {
        /// The address to listen at.
        public let address: String
        /// The port; 0 for any that is free.
        public let port: Int
    }

    /// The configuration of the host.
    public let host: HostConfiguration
    /// The least important lines that are to be logged.
    public let logLevel: Logger.Level
    /// The place for health and metrics, if they are to be served.
    public let health: Health?
    /// How the HTTP API is served, for a program that serves it.
    public let http: HTTP
    /// What should be known, and does not keep a host from starting: a secret in a file that everyone can read, a variable
    /// `WARREN_…` that has no effect. No secrets are in these lines.
    public let warnings: [String]
    /// The values that were given, for other readers; secrets are marked as such. Defaults are not in it.
    public let reader: ConfigReader

    /// The values with their places, for people.
    package let resolution: ConfigurationResolution

    /// Reads the sources.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong. No host starts with a part of its configuration.
    public init(_ sources: ConfigurationSources) throws(ConfigurationError) {
        let resolution = ConfigurationResolution(sources)
        guard resolution.problems.isEmpty else { throw ConfigurationError(resolution.problems) }
        let reader = ConfigReader(providers: Self.providers(resolution))
        let host = try HostConfiguration(from: reader)
        do throws(HostError) {
            try host.check()
        } catch {
            throw ConfigurationError([ConfigurationProblem(nil, error.message)])
        }
        self.host = host
        self.reader = reader
        self.resolution = resolution
        http = HTTP(resolution)
        warnings = resolution.warnings
        logLevel = resolution.settings["log.level"].flatMap { Logger.Level(rawValue: $0.value.description) } ?? .notice
        if case .integer(let port) = resolution.settings["health.port"]?.value {
            health = Health(
                address: resolution.settings["health.address"]?.value.description ?? "127.0.0.1", port: port)
        } else {
            health = nil
        }
    }

    /// Reads the sources of this process: its environment, the file that `--config` or `WARREN_CONFIG` names, and `--set
    /// KEY=VALUE` of its command line.
    ///
    /// - Parameter defaults: values, by key, for what nobody else has set.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public static func load(defaults: [String: String] = [:]) throws(ConfigurationError) -> LoadedConfiguration {
        try LoadedConfiguration(.process(defaults: defaults))
    }

    /// One provider for each layer, the strongest first.
    private static func providers(_ resolution: ConfigurationResolution) -> [any ConfigProvider] {
        ConfigurationOrigin.Layer.allCases.reversed().map { layer in
            var values: [AbsoluteConfigKey: ConfigValue] = [:]
            for setting in resolution.settings.values where setting.origin.layer == layer {
                let content: ConfigContent =
                    switch setting.input {
                    case .text(let text): .string(text)
                    case .list(let items): .stringArray(items)
                    }
                let path = setting.key.name.split(separator: ".").map { String($0) }
                values[AbsoluteConfigKey(path)] = ConfigValue(
                    content, isSecret: setting.key.confidentiality != .everything)
            }
            return InMemoryProvider(name: "\(layer)", values: values)
        }
    }
}
