import ArgumentParser

/// `warren dead`
struct DeadSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "List, show, redrive and purge dead letters: messages that were refused.",
        discussion: """
            A message that a hub cannot take goes to the queue HUB.dead, with its reason. These commands read that queue, so \
            they need a host's rights on the broker, and no host. What they only look at goes back to its place; each look \
            counts as a delivery. Letters have IDs of ten digits, made from what they say.

            EXAMPLES
              warren dead list
              warren dead show 3f2a91c04d
              warren dead redrive --reason unknown-orchestration
              warren dead purge --before 2026-11-01T00:00:00Z
            """,
        subcommands: [
            DeadListSubcommand.self, DeadShowSubcommand.self, DeadRedriveSubcommand.self, DeadPurgeSubcommand.self,
        ])
}
