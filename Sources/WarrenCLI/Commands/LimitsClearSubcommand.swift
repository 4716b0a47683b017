import ArgumentParser
import WarrenClient

/// `warren limits clear`
struct LimitsClearSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Remove the limits of an activity, whoever has set them.",
        discussion: """
            Calls that wait go on at once. Limits that the code of hosts states are back when a host opens its partitions the \
            next time.

            EXAMPLE
              warren limits clear ChargeCard
            """)

    @Argument(help: "The activity's name.")
    var activity: String

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let activity = activity
        try await connection.withClient { try await $0.clearLimits(of: activity) }
        Console.note("\(activity.printable) has no limits on hub \(connection.hubName)")
    }
}
