import ArgumentParser

/// `warren schedule`
struct ScheduleSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Start an orchestration again and again: every so often, or at times of day.",
        discussion: """
            The hub's hosts keep schedules, as they keep instances: a schedule survives their restarts, and acts by its \
            catch-up rule for times that passed while none of them ran. Each is an instance with the ID schedule:ID.

            EXAMPLES
              warren schedule create nightly Report --cron '30 2 * * *' --time-zone Europe/Berlin
              warren schedule create poll Poll --every 5m --overlap queue
              warren schedule list
              warren schedule trigger nightly
            """,
        subcommands: [
            ScheduleCreateSubcommand.self, ScheduleListSubcommand.self, ScheduleShowSubcommand.self,
            SchedulePauseSubcommand.self, ScheduleResumeSubcommand.self, ScheduleTriggerSubcommand.self,
            ScheduleUpdateSubcommand.self, ScheduleDeleteSubcommand.self,
        ])
}
