import ArgumentParser
public import Logging
import WarrenConfiguration
public import WarrenHost
import WarrenManagement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a sample's host is configured with.
public struct HostSettings {
    /// The configuration of the host. With health, it collects metrics for Prometheus.
    public let configuration: HostConfiguration
    private let loaded: LoadedConfiguration

    static let localBroker = "amqp://guest:guest@127.0.0.1:5672/"

    /// Reads the configuration of a program from its options, the environment and a file.
    ///
    /// - Parameters:
    ///   - arguments: what options gave: the key, the value if there is one, the option's name.
    ///   - settings: what `--set` gave, `key=value` each.
    ///   - file: the path that `--config` gave.
    ///   - sampleHub: the hub's name when nobody gives one.
    ///   - defaults: the program's other values, by key, for what nobody else has set.
    /// - Throws: `ValidationError` with everything that is wrong.
    public init(
        arguments: [(String, String?, String)], settings: [String] = [], file: String?, hub sampleHub: String,
        defaults: [String: String] = [:]
    ) throws {
        do {
            var sources = ConfigurationSources(
                environment: ProcessInfo.processInfo.environment, file: file,
                defaults: defaults.merging(["hub": sampleHub, "broker.url": Self.localBroker]) { given, _ in given })
            sources.arguments = try settings.map { try ConfigurationSources.setting($0) }
            for (key, value, option) in arguments {
                if let value { sources.arguments.append(.init(key, value, option: option)) }
            }
            loaded = try LoadedConfiguration(sources)
        } catch let error as ConfigurationError {
            throw ValidationError(error.description)
        }
        #if !HTTP
        guard loaded.health == nil else {
            throw ValidationError(
                "health.port: this program was built without the trait HTTP. Build it with 'swift build --traits HTTP'."
            )
        }
        #endif
        var configuration = loaded.host
        if loaded.health != nil { configuration.metrics = PrometheusRegistry() }
        self.configuration = configuration
    }

    /// The folder of what is remembered, in which a sample keeps its own files, too.
    public var data: String { loaded.host.storage.directory ?? HostOptions.localData }

    /// The broker's address, with the login.
    public var brokerURL: String { loaded.host.broker.address ?? Self.localBroker }

    /// Where health and metrics are served, if they are.
    public var health: HealthPlace? { loaded.health.map { HealthPlace(address: $0.address, port: $0.port) } }

    /// A log on standard error: standard output is for data. The warnings of the configuration are its first lines.
    public func logger(_ label: String) -> Logger {
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = loaded.logLevel
        for warning in loaded.warnings {
            logger.warning("The configuration is not as it should be", metadata: ["because": "\(warning)"])
        }
        return logger
    }
}
