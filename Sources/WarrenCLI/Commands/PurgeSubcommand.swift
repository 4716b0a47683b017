import ArgumentParser
import Synchronization
import Warren
import WarrenClient
import WarrenSupport

/// `warren purge`
struct PurgeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove ended instances and their histories.",
        discussion: """
            Give one instance's ID, or conditions that must all hold. Instances that have not ended are never removed; \
            sub-orchestrations go with the instance that called them, unless --keep-children is given.

            With conditions, every partition of the hub is asked. If some do not answer within --timeout, because no \
            host has them at the moment, the exit code is 4 and the message names them; what the others have was \
            removed. With --budget it stops after that time, and says whether anything may be left.

            EXAMPLES
              warren purge order-42
              warren purge --before 2026-11-01T00:00:00Z --status Completed --status Terminated
              warren purge --name Approval --prefix test-
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String?

    @OptionGroup
    var conditions: InstanceConditions

    @Option(help: .init("The same as --created-from.", valueName: "time"))
    var after: TimeArgument?

    @Option(help: .init("The same as --created-to.", valueName: "time"))
    var before: TimeArgument?

    @Flag(help: "With an instance's ID: leave its sub-orchestrations.")
    var keepChildren = false

    @Option(help: .init("With conditions: stop after this time: 30s, 5m.", valueName: "duration"))
    var budget: DurationArgument?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    private var query: InstanceQuery {
        var query = conditions.query(pageSize: 100)
        if let after { query.createdFrom = after.timestamp }
        if let before { query.createdTo = before.timestamp }
        return query
    }

    func validate() throws {
        let hasConditions = !conditions.isEmpty || after != nil || before != nil
        if id == nil && !hasConditions {
            throw ValidationError("Give an instance's ID, or conditions such as --before and --status.")
        }
        if id != nil && hasConditions { throw ValidationError("Give an instance's ID or conditions, not both.") }
        if keepChildren && id == nil { throw ValidationError("--keep-children goes with an instance's ID.") }
        if budget != nil && id != nil { throw ValidationError("--budget goes with conditions.") }
        if after != nil && conditions.createdFrom != nil || before != nil && conditions.createdTo != nil {
            throw ValidationError("--after is --created-from, and --before is --created-to: give one of the two.")
        }
        if let status = conditions.statuses.first(where: { !$0.status.isTerminal }) {
            throw ValidationError(
                "Only ended instances are purged, not \(status.status.rawValue) ones: completed, failed, terminated.")
        }
    }

    func run() async throws {
        let query = query
        let (count, isComplete) = try await connection.withClient { client in
            guard let id else {
                let purged = Mutex(0)
                let result = try await client.purge(matching: query, within: budget?.duration) { count in
                    let sum = purged.withLock { sum in
                        sum += count
                        return sum
                    }
                    Console.progress("purged \(sum) instances")
                }
                return (purged: result.purged, isComplete: result.isComplete)
            }
            try await client.purge(id, recursive: !keepChildren)
            return (purged: 1, isComplete: true)
        }
        Console.progress("")
        if connection.json {
            var object = JSONObjectWriter()
            object.add("instancesDeleted", count)
            if budget != nil { object.add("isComplete", isComplete) }
            Console.out(object.text)
        } else {
            let rest = isComplete ? "" : "; the time is over and more may be left: purge again"
            Console.note("purged \(count) \(count == 1 ? "instance" : "instances")\(rest)")
        }
    }
}
