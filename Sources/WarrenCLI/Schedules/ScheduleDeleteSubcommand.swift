import ArgumentParser
import WarrenClient

/// `warren schedule delete`
struct ScheduleDeleteSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a schedule.",
        discussion: """
            A run that is under way goes on. The ID is free at once.

            EXAMPLE
              warren schedule delete nightly
            """)

    @OptionGroup
    var arguments: ScheduleArguments

    func run() async throws {
        try await arguments.run("deleted") { try await $0.delete(arguments.id) }
    }
}
