import ArgumentParser
import WarrenClient

/// `warren schedule trigger`
struct ScheduleTriggerSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Run a schedule now.",
        discussion: """
            The overlap rule holds, and the next due time stays. It works for a paused schedule, too.

            EXAMPLE
              warren schedule trigger nightly
            """)

    @OptionGroup
    var arguments: ScheduleArguments

    func run() async throws {
        try await arguments.run("triggered") { try await $0.trigger(arguments.id) }
    }
}
