import ArgumentParser

/// `warren hub`
struct HubSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Create, verify, show, convert, repair, release and delete a task hub.",
        discussion: """
            A hub's topology is created once, in its own step: a queue that is younger than a second does not survive a \
            broker that is killed. The number of partitions is fixed then for the life of the hub.

            EXAMPLES
              warren hub create --partitions 4
              warren hub verify
              warren hub show --hub orders
            """,
        subcommands: [
            HubCreateSubcommand.self, HubVerifySubcommand.self, HubShowSubcommand.self, HubJournalSubcommand.self,
            HubReseedSubcommand.self, HubReleaseSubcommand.self, HubDeleteSubcommand.self,
        ])
}
