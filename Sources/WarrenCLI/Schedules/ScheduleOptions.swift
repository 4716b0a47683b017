import ArgumentParser
import Warren

/// The arguments that describe a schedule.
struct ScheduleOptions: ParsableArguments {
    @Argument(help: "The schedule's ID: 1 to 64 bytes without / \\ # ? * and ':'.")
    var id: String

    @Argument(help: "The orchestration's name.", completion: Completions.orchestrations)
    var name: String

    @Option(help: .init("Every so often: 90s, 5m, 12h, 1d; a second or more.", valueName: "duration"))
    var every: DurationArgument?

    @Option(
        help: .init("Minute, hour, day of the month, month, day of the week; or @hourly, @daily …", valueName: "fields")
    )
    var cron: String?

    @Option(help: .init("The time zone of --cron (default: UTC).", valueName: "name"))
    var timeZone: String?

    @Option(help: .init("The input of every run: JSON, @file, or @- (default: null).", valueName: "json"))
    var input: JSONArgument?

    @Option(help: .init("Not due before this time, RFC 3339; --every counts from it.", valueName: "time"))
    var from: TimeArgument?

    @Option(help: .init("Not due after this time, RFC 3339; the schedule ends then.", valueName: "time"))
    var until: TimeArgument?

    @Option(
        help: .init(
            "For times that passed while no host ran: nothing, one run, or a run for each.", valueName: "none|one|all"))
    var catchUp = "one"

    @Option(help: .init("With --catch-up all: at most so many, 1 to 100 (default: 100).", valueName: "number"))
    var catchUpLimit: Int?

    @Option(
        help: .init(
            "While the run before goes on: skip (default), run beside it, run after it, or terminate it.",
            valueName: "skip|allow|queue|terminate"))
    var overlap: OverlapArgument?

    func validate() throws {
        if (every == nil) == (cron == nil) { throw ValidationError("Give --every or --cron.") }
        if timeZone != nil && cron == nil { throw ValidationError("--time-zone is for --cron.") }
        if catchUpLimit != nil && catchUp != "all" { throw ValidationError("--catch-up-limit is for --catch-up all.") }
        _ = try rule
    }

    private var rule: Schedule.CatchUp {
        get throws {
            switch catchUp {
            case "none": .none
            case "one": .one
            case "all": .all(atMost: catchUpLimit ?? 100)
            default: throw ValidationError("--catch-up is '\(catchUp)'; there are none, one and all.")
            }
        }
    }

    /// The schedule.
    func schedule(isPaused: Bool) throws -> Schedule {
        let timing: Schedule.Timing =
            if let cron { .cron(cron, timeZone: timeZone ?? "UTC") } else { .every(every?.duration ?? .zero) }
        return Schedule(
            named: name, input: try input.payload(option: "--input"), timing, start: from?.timestamp.date,
            end: until?.timestamp.date, catchUp: try rule, overlap: overlap?.rule ?? .skip, isPaused: isPaused)
    }
}
