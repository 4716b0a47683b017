import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren query`
struct QuerySubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask an orchestrator about its state.",
        discussion: """
            The orchestrator answers from memory, with what it has registered under the name by context.answer; nothing is \
            changed or recorded. An instance that has ended answers as well, as long as the hub has its history. The answer \
            is printed as JSON. Exits 1 if the instance is unknown, answers no such query, or its handler fails.

            EXAMPLES
              warren query order-42 remaining
              warren query order-42 itemsOf --input '{"shelf":7}' | jq length
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Argument(help: "The query's name.")
    var name: String

    @Option(help: .init("The query's input: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var input: JSONArgument?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let payload = try input.payload(option: "--input")
        let answer = try await connection.withClient { try await $0.query(named: name, payload, of: id) }
        HandlerResult(id: id, kind: "query", name: name, result: answer).report(asJSON: connection.json)
    }
}
