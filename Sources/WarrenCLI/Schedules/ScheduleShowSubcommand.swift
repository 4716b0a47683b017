import ArgumentParser
import WarrenClient

/// `warren schedule show`
struct ScheduleShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a schedule and how it goes.",
        discussion: """
            EXAMPLE
              warren schedule show nightly
            """)

    @OptionGroup
    var arguments: ScheduleArguments

    func run() async throws {
        let connection = arguments.connection
        guard let status = try await connection.withClient({ try await $0.schedules.status(of: arguments.id) }) else {
            Console.note("There is no schedule '\(arguments.id)' in hub '\(connection.hubName)'.")
            throw ExitStatus.failed
        }
        if connection.json { return Console.out(try status.json()) }
        for line in ScheduleTable.details(of: status) { Console.out(line) }
    }
}
