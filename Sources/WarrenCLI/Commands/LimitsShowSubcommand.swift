import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren limits show`
struct LimitsShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the activities with limits, and what waits for them.",
        discussion: """
            With --json each activity is one line.

            EXAMPLES
              warren limits
              warren limits show --json
            """)

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let activities = try await connection.withClient { try await $0.limits() }
        for activity in activities {
            Console.out(connection.json ? try Self.json(activity) : Self.text(activity))
        }
        if activities.isEmpty { Console.note("no activity has limits") }
    }

    private static func text(_ activity: LimitedActivity) -> String {
        var parts = [activity.activity.printable]
        if let limits = activity.limits {
            if let concurrency = limits.concurrency { parts.append("\(concurrency) at once") }
            if let rate = limits.rate { parts.append(RateArgument(rate).text + ", burst \(rate.burst)") }
            if limits.concurrency == nil, limits.rate == nil { parts.append("counted only") }
        } else {
            parts.append("no limits")
        }
        if activity.isSetByOperator { parts.append("set by an operator") }
        parts.append("\(activity.running) running")
        let since = activity.oldest.map { ", since \($0.shortText)" } ?? ""
        parts.append("\(activity.waiting) waiting\(since)")
        return parts.joined(separator: "  ")
    }

    private static func json(_ activity: LimitedActivity) throws -> String {
        var object = JSONObjectWriter()
        object.add("activity", activity.activity)
        if let limits = activity.limits {
            object.add("limits", raw: try JSONPayloadCodec().encode(limits).json)
        }
        object.add("isSetByOperator", activity.isSetByOperator)
        object.add("running", activity.running)
        object.add("waiting", activity.waiting)
        if let oldest = activity.oldest { object.add("oldest", ISO8601.text(oldest)) }
        return object.text
    }
}
