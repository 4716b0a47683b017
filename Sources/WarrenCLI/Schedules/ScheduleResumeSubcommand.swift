import ArgumentParser
import WarrenClient

/// `warren schedule resume`
struct ScheduleResumeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused schedule be due again.",
        discussion: """
            The next time is the first one from now: what passed meanwhile is not caught up.

            EXAMPLE
              warren schedule resume nightly
            """)

    @OptionGroup
    var arguments: ScheduleArguments

    func run() async throws {
        try await arguments.run("resumed") { try await $0.resume(arguments.id) }
    }
}
