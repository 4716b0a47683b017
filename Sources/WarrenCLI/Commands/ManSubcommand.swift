import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `warren man`
struct ManSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the manual page of a command, or write all of them to a directory.",
        discussion: """
            A page says what --help says, in the language of the manual. Without a command it is the page about warren \
            itself.

            EXAMPLES
              warren man dead redrive | man -l -
              warren man --to ~/.local/share/man/man1
            """)

    @Argument(help: "The command.")
    var command: [String] = []

    @Option(
        name: .customLong("to"),
        help: .init(
            "Write the pages of all commands into this directory, which is made if it is missing.",
            valueName: "directory"),
        completion: .directory)
    var directory: String?

    func validate() throws {
        if directory != nil && !command.isEmpty { throw ValidationError("Give a command or --to, not both.") }
    }

    func run() async throws {
        let root = try HelpNode(dump: WarrenCommand._dumpHelp())
        let version = WarrenCommand.configuration.version
        guard let directory else {
            let names = command.first == root.path.first ? command.dropFirst() : command[...]
            guard let node = root.find(names) else {
                throw UsageError("There is no command '\(command.joined(separator: " "))'. 'warren --help' lists them.")
            }
            return Console.put(ManualPage(node: node, version: version).text)
        }
        let pages = root.all.map { ManualPage(node: $0, version: version) }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for page in pages {
                try Data(page.text.utf8).write(to: URL(filePath: directory).appending(path: page.fileName))
            }
        } catch {
            throw UsageError("The pages cannot be written to '\(directory)': \(error)")
        }
        Console.note("wrote \(pages.count) pages to \(directory)")
    }
}
