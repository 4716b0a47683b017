import ArgumentParser
import WarrenClient

/// `warren schedule create`
struct ScheduleCreateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a schedule.",
        discussion: """
            Runs are instances with the ID ID:TIME. Where clocks are put forward, 02:30 is at 03:30 on that day; where they \
            are put back, the first of the two counts.

            EXAMPLES
              warren schedule create nightly Report --cron '30 2 * * mon-fri' --time-zone Europe/Berlin
              warren schedule create poll Poll --every 5m --input '{"all":true}' --catch-up none
            """)

    @OptionGroup
    var options: ScheduleOptions

    @Flag(help: "Create it paused.")
    var paused = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let schedule = try options.schedule(isPaused: paused)
        try await connection.withClient { try await $0.schedules.create(options.id, schedule) }
        ScheduleArguments.report(options.id, "created", connection)
    }
}
