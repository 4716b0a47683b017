import ArgumentParser
import WarrenClient
import WarrenSupport

/// The arguments of the commands that steer a schedule.
struct ScheduleArguments: ParsableArguments {
    @Argument(help: "The schedule's ID.")
    var id: String

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    /// Sends a command and reports it.
    ///
    /// - Parameter verb: in the past tense.
    func run(_ verb: String, _ command: (TaskHubSchedules) async throws -> Void) async throws {
        try await connection.withClient { try await command($0.schedules) }
        Self.report(id, verb, connection)
    }

    static func report(_ id: String, _ verb: String, _ connection: ConnectionOptions) {
        if connection.json {
            var object = JSONObjectWriter()
            object.add("schedule", id)
            object.add("done", verb)
            Console.out(object.text)
        } else {
            Console.note("\(verb) \(id)")
        }
    }
}
