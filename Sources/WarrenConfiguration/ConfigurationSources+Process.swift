#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ConfigurationSources {
    /// The sources of this process: its environment, and `--config FILE` and `--set KEY=VALUE` of its command line.
    ///
    /// - Parameter defaults: values, by key, for what nobody else has set.
    /// - Throws: ``ConfigurationError`` for an option without its value.
    public static func process(defaults: [String: String] = [:]) throws(ConfigurationError) -> ConfigurationSources {
        var sources = ConfigurationSources(environment: ProcessInfo.processInfo.environment, defaults: defaults)
        try sources.read(arguments: Array(CommandLine.arguments.dropFirst()))
        return sources
    }
}
