import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren update`
struct UpdateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Send an update to an orchestrator, and print its result.",
        discussion: """
            The orchestrator may refuse the update; one that it takes is recorded in the history and takes effect once. The \
            result is printed as JSON. Exits 1 if the instance is unknown, ended or suspended, or if the update is refused \
            or its handler fails. After a time limit (exit code 4) the update may have taken effect or not: repeat the \
            command with the same --update-id, which is safe.

            EXAMPLES
              warren update cart-7 addItem --input '"tea"'
              warren update cart-7 addItem --input @item.json --update-id 5e1c
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Argument(help: "The update's name.")
    var name: String

    @Option(
        help: .init("The update's input: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var input: JSONArgument?

    @Option(help: .init("Tells a repeated update from another one (default: a new ID).", valueName: "id"))
    var updateID: String?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let payload = try input.payload(option: "--input")
        let result = try await connection.withClient {
            try await $0.update(named: name, payload, of: id, updateID: updateID)
        }
        HandlerResult(id: id, kind: "update", name: name, result: result).report(asJSON: connection.json)
    }
}
