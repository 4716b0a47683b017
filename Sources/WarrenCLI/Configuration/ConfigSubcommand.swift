import ArgumentParser

/// `warren config`
struct ConfigSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the configuration of hosts, and list its keys.",
        discussion: """
            A host reads its configuration from its command line (--set KEY=VALUE, and options of its own), from variables \
            WARREN_…, and from a file in YAML or JSON (--config FILE, or WARREN_CONFIG); the first one that has a value counts. \
            Nothing here needs a broker.

            EXAMPLES
              warren config keys
              warren config check /etc/warren/orders.yaml
              warren config show --config /etc/warren/orders.yaml
            """,
        subcommands: [ConfigKeysSubcommand.self, ConfigCheckSubcommand.self, ConfigShowSubcommand.self])
}
