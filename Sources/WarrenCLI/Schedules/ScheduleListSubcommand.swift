import ArgumentParser
import WarrenClient

/// `warren schedule list`
struct ScheduleListSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the schedules that have not ended.",
        discussion: """
            EXAMPLES
              warren schedule list
              warren schedule list --json | jq -r .id
            """)

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let schedules = try await connection.withClient { try await $0.schedules.list() }
        if connection.json {
            for schedule in schedules { Console.out(try schedule.json()) }
        } else if schedules.isEmpty {
            Console.note("no schedules")
        } else {
            for line in ScheduleTable(schedules: schedules, style: .standard).lines { Console.out(line) }
        }
    }
}
