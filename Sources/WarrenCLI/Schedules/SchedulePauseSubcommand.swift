import ArgumentParser
import WarrenClient

/// `warren schedule pause`
struct SchedulePauseSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a schedule be due no more until it is resumed.",
        discussion: """
            A run that is under way goes on.

            EXAMPLE
              warren schedule pause nightly
            """)

    @OptionGroup
    var arguments: ScheduleArguments

    func run() async throws {
        try await arguments.run("paused") { try await $0.pause(arguments.id) }
    }
}
