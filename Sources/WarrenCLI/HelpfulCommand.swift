import ArgumentParser

/// Wraps the commands of the argument parser's own (`help`), which are not asynchronous.
struct HelpfulCommand: AsyncParsableCommand {
    var command: (any ParsableCommand)?

    init() {}

    init(command: any ParsableCommand) {
        self.command = command
    }

    init(from decoder: any Decoder) throws {}

    mutating func run() async throws {
        guard var command else { return }
        try command.run()
    }
}
