import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren import`
struct ImportSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Start the instances of an export again, from their beginnings.",
        discussion: """
            For each line of the export it starts an instance of the same name with the same ID, input, tags and, if \
            that is still to come, scheduled start. The instance begins anew: its history is not taken over, so its \
            activities run again, and events that it had received have to be raised again. To move instances with \
            their histories, move their files: see 'Backups' and 'Several hosts' in the manual.

            Only instances that had not ended are started, unless --status says which; children are left to the \
            instances that call them. An instance that exists already is left alone, so an import that was interrupted \
            can be repeated. Every line is accounted for: started, exists, skipped or failed.

            Exits 1 if an instance could not be started, 2 if a line cannot be read; the instances before it are \
            started then.

            EXAMPLES
              warren import orders.jsonl --hub orders-2 --dry-run
              warren import orders.jsonl --hub orders-2
              warren import failed.jsonl --status Failed --id-prefix again-
            """)

    @Argument(help: .init("The export; - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        name: .customLong("status"),
        help: .init(
            "Start instances that had this status; may be repeated (default: pending and running).", valueName: "status"
        ))
    var statuses: [StatusArgument] = []

    @Option(help: .init("Put this before each ID, to start them beside those that exist.", valueName: "text"))
    var idPrefix = ""

    @Option(
        help: .init(
            "If there is such an instance: ignore leaves it alone, fail counts it as failed, replace-finished starts it anew "
                + "if it has ended, replace-always terminates it first.",
            valueName: "ignore|fail|replace-finished|replace-always"))
    var ifExists: IfExistsArgument = .ignore

    @Flag(help: "Start children, too, as instances that nobody waits for.")
    var children = false

    @Flag(help: "Only say what would be started.")
    var dryRun = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    /// What became of a line.
    private enum Outcome: String, CaseIterable {
        case started, exists, skipped, failed
    }

    func run() async throws {
        let lines = try InputLines(path: file)
        var counts: [Outcome: Int] = [:]
        func take(_ client: TaskHubClient?) async throws {
            while let line = try lines.next() {
                guard !line.text.allSatisfy(\.isWhitespace) else { continue }
                let instance: ExportedLine
                do {
                    instance = try ExportedLine(line.text)
                } catch let error as UsageError {
                    throw UsageError("Line \(line.number) of '\(file)' \(error).")
                }
                let (outcome, detail) = try await start(instance, client)
                counts[outcome, default: 0] += 1
                report(line.number, instance, outcome, detail)
                Console.progress("\(line.number) lines, \(counts[.started] ?? 0) started")
            }
        }
        if dryRun { try await take(nil) } else { try await connection.withClient { try await take($0) } }
        Console.progress("")
        let words = Outcome.allCases.compactMap { outcome in
            counts[outcome].map { "\(outcome == .started && dryRun ? "would start" : outcome.rawValue) \($0)" }
        }
        Console.note(words.isEmpty ? "there are no lines in '\(file)'" : words.joined(separator: ", "))
        if counts[.failed] != nil { throw ExitStatus.failed }
    }

    /// - Parameter client: `nil` for a rehearsal.
    private func start(
        _ instance: ExportedLine, _ client: TaskHubClient?
    ) async throws -> (outcome: Outcome, detail: String?) {
        let wanted = statuses.isEmpty ? [.pending, .running, .continuedAsNew] : statuses.map(\.status)
        guard wanted.contains(instance.status) else { return (.skipped, "it was \(instance.status.rawValue)") }
        if !children, let parent = instance.parentInstanceID { return (.skipped, "it is a child of '\(parent)'") }
        guard let client else { return (.started, nil) }
        do {
            // With `ignore` a host does not tell whether there was an instance.
            _ = try await client.start(
                named: instance.name, input: instance.input, id: idPrefix + instance.instanceID,
                ifExists: ifExists == .ignore ? .fail : ifExists.policy,
                startAt: instance.scheduledStart.flatMap { $0 > .now ? $0 : nil }, tags: instance.tags,
                version: instance.begunVersion, awaitingEnd: false)
            return (.started, nil)
        } catch let error as ClientError where error.code == .instanceExists {
            return (ifExists == .fail ? .failed : .exists, error.message)
        } catch let error as ClientError {
            switch error.code {
            case .unknownOrchestration, .rejected, .invalidArgument: return (.failed, error.message)
            default: throw error
            }
        }
    }

    private func report(_ number: Int, _ instance: ExportedLine, _ outcome: Outcome, _ detail: String?) {
        let id = idPrefix + instance.instanceID
        if connection.json {
            var object = JSONObjectWriter()
            object.add("line", number)
            object.add("instanceId", id)
            object.add("outcome", outcome.rawValue)
            if let detail { object.add("detail", detail) }
            Console.out(object.text)
        } else if outcome == .failed {
            Console.note("line \(number), \(id.printable): \((detail ?? "").printable)")
        } else if outcome == .started {
            Console.out(id.printable)
        }
    }
}
