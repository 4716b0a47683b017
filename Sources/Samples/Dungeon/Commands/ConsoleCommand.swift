import ArgumentParser
import SampleSupport
import WarrenClient

/// `dungeon console`: prints what happens.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Print what happens in all games, line by line, until Ctrl-C.",
        discussion: """
            Reads the console queue: what happened while nobody read is told first, and what is printed here is off the \
            queue. A line that comes again after a crash is printed once.
            """)

    @OptionGroup var options: BrokerOptions

    @Flag(help: "Look on instead: only what happens from now on, and leave the queue to others.")
    var watch = false

    func run() async throws {
        let client = try await options.connect()
        let lines = try await watch ? client.watchConsole() : client.console()
        var seen = SeenLines()
        // A line is taken off the queue when the next one is asked for, so after it was printed.
        for try await line in lines where seen.isNew(line) { StandardOutput.say(line.text) }
    }
}
