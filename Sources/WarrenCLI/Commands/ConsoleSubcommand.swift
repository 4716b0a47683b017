import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren console`
struct ConsoleSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Follow what orchestrations and activities print.",
        discussion: """
            Reads the hub's console queue and takes off it what it prints; several readers share the lines. On a \
            terminal each line shows time and instance, elsewhere and with --no-prefix it is the bare line. With --timeout \
            it exits 4 if it has not come to its end by then.

            EXAMPLES
              warren console
              warren console --json | jq 'select(.level == "error")'
              warren console --count 3 --timeout 10s
              warren console --no-follow
            """)

    @Flag(inversion: .prefixedNo, help: "Wait for more when the queue is empty.")
    var follow = true

    @Option(help: .init("End after this many lines.", valueName: "lines"))
    var count: Int?

    @Flag(inversion: .prefixedNo, help: "Show time and instance before each line (on a terminal).")
    var prefix: Bool?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1.") }
    }

    func run() async throws {
        let style = Style.standard
        let showsPrefix = prefix ?? Console.isTerminal
        try await connection.withClient { client in
            // A reader that does not follow takes the lines that wait now.
            let waiting = follow ? Int.max : try await client.consoleDepth()
            let wanted = min(count ?? .max, waiting)
            guard wanted > 0 else { return }
            let lines = try await client.console()
            try await withDeadline(connection.endTimeout, clock: ContinuousClock()) {
                ClientError(
                    .timedOut,
                    wanted == .max
                        ? "The time is up. What is printed later stays in the queue."
                        : "The time is up before \(wanted) lines came. What is printed later stays in the queue.")
            } _: {
                var remaining = wanted
                var iterator = lines.makeAsyncIterator()
                while remaining > 0, let line = try await iterator.next() {
                    Console.out(connection.json ? json(line) : text(line, style, showsPrefix))
                    remaining -= 1
                }
                iterator.acknowledge()
            }
            await lines.close()
        }
    }

    private func text(_ line: ConsoleLine, _ style: Style, _ showsPrefix: Bool) -> String {
        let text = style.level(line.level, line.text.printable)
        guard showsPrefix else { return text }
        return style.faint("\(line.at.shortText) \(line.instanceID.printable)") + "  " + text
    }

    private func json(_ line: ConsoleLine) -> String {
        var object = JSONObjectWriter()
        object.add("text", line.text)
        object.add("level", line.level.rawValue)
        object.add("instanceId", line.instanceID)
        object.add("executionId", line.executionID)
        object.add("orchestration", line.orchestration)
        object.add("number", line.number)
        object.add("at", ISO8601.text(line.at))
        object.add("redelivered", line.isRedelivered)
        return object.text
    }
}
