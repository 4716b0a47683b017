import ArgumentParser

/// `warren limits`
struct LimitsSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Show and change how much of an activity the whole hub runs.",
        discussion: """
            Limits count over all hosts and workers. Calls beyond them wait, in the order of their priorities and taking turns \
            by their fairness keys. What is set here counts instead of what the code of hosts says.

            EXAMPLES
              warren limits
              warren limits set ChargeCard --concurrency 20 --rate 100/m --burst 10
              warren limits set ChargeCard --concurrency 0
              warren limits clear ChargeCard
            """,
        subcommands: [LimitsShowSubcommand.self, LimitsSetSubcommand.self, LimitsClearSubcommand.self],
        defaultSubcommand: LimitsShowSubcommand.self)
}
