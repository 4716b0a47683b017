import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren limits set`
struct LimitsSetSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Limit an activity over the whole hub, also while calls of it wait.",
        discussion: """
            Replaces all the limits that the activity has. It holds for the calls that are made from now on, and for the \
            permits that are given from now on: what runs goes on. A call that was made before the activity had any limits \
            needs no permit.

            EXAMPLES
              warren limits set ChargeCard --concurrency 20
              warren limits set ChargeCard --rate 100/m --burst 10
              warren limits set ChargeCard --concurrency 0
            """)

    @Argument(help: "The activity's name.")
    var activity: String

    @Option(help: .init("How many calls run at once; 0 for none until the limit is raised.", valueName: "count"))
    var concurrency: Int?

    @Option(
        help: .init(
            "How many calls begin in a second, minute, hour or day: 5/s, 100/m, 1000/h, 5000/d.", valueName: "rate"))
    var rate: RateArgument?

    @Option(
        help: .init(
            "How many calls may begin together after a pause, with --rate; 1 if it is left out.", valueName: "count"))
    var burst: Int?

    @Option(
        help: .init(
            "After how many seconds of waiting a call may go ahead of others with a higher priority; 60 if it is left out.",
            valueName: "seconds"))
    var patience: Int?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard concurrency != nil || rate != nil else {
            throw ValidationError(
                "Give --concurrency, --rate or both. 'warren limits clear \(activity)' removes limits.")
        }
        if burst != nil, rate == nil { throw ValidationError("--burst goes with --rate.") }
        if let problem = limits.problem { throw ValidationError(problem) }
    }

    private var limits: ActivityLimits {
        var limits = ActivityLimits(concurrency: concurrency, rate: rate?.limit)
        if let burst { limits.rate?.burst = burst }
        if let patience { limits.patience = .seconds(patience) }
        return limits
    }

    func run() async throws {
        let (activity, limits) = (activity, limits)
        try await connection.withClient { try await $0.setLimits(limits, of: activity) }
        Console.note("the limits of \(activity.printable) hold on hub \(connection.hubName)")
    }
}
