import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren list`
struct ListSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List instances, newest first or longest waiting first.",
        discussion: """
            The last column says what an instance waits for and for how long, and how it failed or what it says of \
            itself. All conditions must hold. With --json each instance is one line.

            To find what is stuck among the healthy: --sort waiting lists open instances, those that have not moved for \
            the longest time first; --updated-to keeps those that have not moved since a time; --waits-for keeps those \
            that wait for something: a kind (event, activity, permit, child, entity, timer, start), a kind and a name as in \
            event:Approval, a name alone, or any. It sorts by waiting unless --sort says otherwise. An instance with a \
            history too long to be searched is listed too, with what it waits for "left out".

            Every partition of the hub is asked. Instances of partitions that do not answer within --timeout, because \
            no host has them at the moment, are missing: a note names these partitions, and with --json a last line \
            {"incomplete":[3]}. The exit code is 0 all the same; if no partition answers, it is 4.

            EXAMPLES
              warren list
              warren list --status Running --status Pending --name Approval
              warren list --prefix order- --created-from 2026-11-01T00:00:00Z
              warren list --tag team=blue --limit 5000 --json
              warren list --name Billing --with-input '{"customer":7}'
              warren list --sort waiting --limit 10
              warren list --waits-for event:Approval --updated-to 2026-11-01T00:00:00Z
              warren list --version 1.0 --status Running
              warren list --waits-for activity:ChargeCard --json | jq -r .instanceId
            """)

    @OptionGroup
    var conditions: InstanceConditions

    @Option(help: .init("Changed last at this time or later, RFC 3339.", valueName: "time"))
    var updatedFrom: TimeArgument?

    @Option(help: .init("Changed last at this time or earlier, RFC 3339.", valueName: "time"))
    var updatedTo: TimeArgument?

    @Option(
        help: .init(
            "Waits for this: a kind, a kind and a name as in event:Approval, a name, or any.", valueName: "what"),
        transform: WaitCondition.init(argument:))
    var waitsFor: WaitCondition?

    @Option(
        help: .init(
            "Has this input, however the JSON is written: JSON, @file, or @-. Use it with --name.", valueName: "json"))
    var withInput: JSONArgument?

    @Option(name: .customLong("version"), help: .init("Was started with this version.", valueName: "version"))
    var startedVersion: String?

    @Option(help: .init("Newest first, or longest waiting first.", valueName: "order"))
    var sort: SortArgument?

    @Option(help: .init("How many at the most.", valueName: "count"))
    var limit = 100

    @Flag(help: "With --json: show inputs and outputs too.")
    var payloads = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1.") }
        if let problem = startedVersion.flatMap({ OrchestrationVersion.problem($0) }) {
            throw ValidationError("--version: \(problem)")
        }
    }

    func run() async throws {
        var query = conditions.query(pageSize: min(limit, 1000))
        query.includeInput = payloads && connection.json
        query.includeOutput = payloads && connection.json
        query.updatedFrom = updatedFrom?.timestamp
        query.updatedTo = updatedTo?.timestamp
        query.waitsFor = waitsFor
        query.withInput = try withInput?.payload(option: "--with-input")
        query.version = startedVersion
        // Without an order, the query has the one that suits its conditions.
        if let order = sort?.order { query.order = order }
        var instances: [OrchestrationStatus] = []
        let (hasMore, incomplete) = try await connection.withClient { [query] client in
            var listing = client.instancesOfAnswering(matching: query).makeAsyncIterator()
            while let instance = try await listing.next() {
                // One instance beyond the limit shows that there are more.
                if instances.count == limit { return (true, listing.incomplete) }
                if connection.json { Console.out(StatusJSON.text(instance)) }
                instances.append(instance)
            }
            return (false, listing.incomplete)
        }
        if !connection.json && !instances.isEmpty {
            InstanceTable(instances: instances, style: .standard, now: .now).lines.forEach(Console.out)
        }
        if instances.isEmpty { Console.note("no instances") }
        if hasMore { Console.note("there are more: narrow the conditions or raise --limit") }
        guard !incomplete.isEmpty else { return }
        if connection.json { Console.out(MissingPartitions.json(incomplete).text) }
        Console.note(
            "the list is incomplete: " + MissingPartitions.explanation(incomplete, within: connection.answerTimeout))
    }
}
