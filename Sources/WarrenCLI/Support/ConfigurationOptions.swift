import ArgumentParser
import WarrenConfiguration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options that name the sources of the configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: .init("The file with the configuration, in YAML or JSON (WARREN_CONFIG, else none).", valueName: "file"))
    var config: String?

    /// The sources of a command without such options.
    static var here: ConfigurationSources { ConfigurationSources(environment: ProcessInfo.processInfo.environment) }

    /// How this command serves the HTTP API, or where the access keys of a server are.
    ///
    /// - Parameter arguments: the values that options of the command gave.
    /// - Throws: `ValidationError` with everything that is wrong.
    func http(_ arguments: [ConfigurationSources.Argument]) throws -> LoadedConfiguration.HTTP {
        do throws(ConfigurationError) {
            return try ConfigurationResolution(sources(arguments)).http()
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The sources of this command.
    ///
    /// - Parameters:
    ///   - arguments: the values that options of the command gave.
    ///   - defaults: values for what nobody else has set.
    func sources(
        _ arguments: [ConfigurationSources.Argument] = [], defaults: [String: String] = [:]
    ) -> ConfigurationSources {
        ConfigurationSources(
            arguments: arguments, environment: ProcessInfo.processInfo.environment, file: config, defaults: defaults)
    }
}
