import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren tree`
struct TreeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show an instance with its parents and its sub-orchestrations, and what each waits for.",
        discussion: """
            The line at the top is the instance from which all the others came; below it, down to the instance, only \
            the way to it is shown; below the instance, everything that its present execution has called, and so on. \
            The cause of a standstill is at the end of a chain of "waits for child …". Instances that were started, \
            not called, have no parent and are in no tree.

            With --json, one object: "ancestors", the parent first, and "instance", with its "children" inside it.

            EXAMPLES
              warren tree order-42
              warren tree order-42 --limit 5000
              warren tree order-42 --json | jq -r '.. | objects | select(.runtimeStatus? == "Failed") | .instanceId'
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Option(help: .init("How many instances to show at the most.", valueName: "count"))
    var limit = 500

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func run() async throws {
        let tree = try await connection.withClient { try await $0.tree(of: id, most: limit) }
        guard let tree else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no instance '\(id)'. 'warren list' shows those that there are.")
            throw ExitStatus.failed
        }
        let report = TreeReport(tree: tree, style: .standard, now: .now)
        if connection.json { Console.out(report.json.text) } else { report.lines.forEach(Console.out) }
        if tree.isCut { Console.note("there are more: ask for the tree of one of these, or raise --limit") }
    }
}
