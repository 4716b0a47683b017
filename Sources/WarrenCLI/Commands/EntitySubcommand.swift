import ArgumentParser

/// `warren entity`
struct EntitySubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entity",
        abstract: "Read, signal, list and clean entities: small states with operations that run one at a time.",
        discussion: """
            An entity has a name, which compares without regard to case, and a key, which compares exactly. What is read is \
            what was committed last.

            EXAMPLES
              warren entity signal counter visits add --data 5
              warren entity get counter visits
              warren entity list --name counter
              warren entity clean
            """,
        subcommands: [
            EntityGetSubcommand.self, EntitySignalSubcommand.self, EntityListSubcommand.self,
            EntityCleanSubcommand.self,
        ])
}
