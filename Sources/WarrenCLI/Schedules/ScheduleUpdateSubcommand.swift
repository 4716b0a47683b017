import ArgumentParser
import WarrenClient

/// `warren schedule update`
struct ScheduleUpdateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Replace a schedule by another one of the same ID.",
        discussion: """
            Everything is replaced but its counts, and whether it is paused. Runs under way go on.

            EXAMPLE
              warren schedule update nightly Report --cron '30 4 * * *'
            """)

    @OptionGroup
    var options: ScheduleOptions

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let schedule = try options.schedule(isPaused: false)
        try await connection.withClient { try await $0.schedules.update(options.id, schedule) }
        ScheduleArguments.report(options.id, "updated", connection)
    }
}
