import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren start`
struct StartSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start an orchestration.",
        discussion: """
            Prints the instance's ID; with --wait, the output once it has completed. An ID of your own makes the start \
            repeatable: a second one finds the instance and leaves it alone (see --if-exists).

            EXAMPLES
              warren start HelloCities
              warren start HelloCities --input '["Tokyo","Seattle"]' --wait
              warren start Billing --input @order.json --id order-42 --tag customer=ann
              warren start Report --delay 10m
              warren start Report --at 2026-12-24T18:00:00Z --if-exists fail
              warren start Billing --version 2.0
            """)

    @Argument(help: "The orchestration's name.", completion: Completions.orchestrations)
    var name: String

    @Option(help: .init("The input: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var input: JSONArgument?

    @Option(help: "The instance's ID (default: a random one).")
    var id: String?

    @Option(
        help: .init(
            "If there is such an instance: ignore leaves it alone, fail exits 1, replace-finished starts it anew if it "
                + "has ended, replace-always terminates it first.",
            valueName: "ignore|fail|replace-finished|replace-always"))
    var ifExists: IfExistsArgument = .ignore

    @Option(help: .init("Begin at this time, RFC 3339.", valueName: "time"))
    var at: TimeArgument?

    @Option(help: .init("Begin after this time: 10s, 5m, 2h.", valueName: "duration"))
    var delay: DurationArgument?

    @Option(name: .customLong("tag"), help: .init("A label; may be repeated.", valueName: "key=value"))
    var tags: [TagArgument] = []

    @Option(
        help: .init(
            "The version with which it begins (default: the host's default version, or the newest that is registered).",
            valueName: "version"))
    var version: String?

    @Flag(help: "Wait until it has ended, and print its output.")
    var wait = false

    @OptionGroup
    var acknowledgement: AcknowledgementOptions

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if at != nil && delay != nil { throw ValidationError("Give --at or --delay, not both.") }
        if wait && acknowledgement.confirmedOnly { throw ValidationError("Give --wait or --confirmed-only, not both.") }
        let keys = tags.map(\.key)
        if Set(keys).count < keys.count { throw ValidationError("Each tag can be given once.") }
    }

    func run() async throws {
        let payload = try input.payload(option: "--input")
        let startAt = at?.timestamp ?? delay.map { Timestamp.now.advanced(by: $0.duration) }
        try await connection.withClient { client in
            let instance = try await client.start(
                named: name, input: payload, id: id, ifExists: ifExists.policy, startAt: startAt,
                tags: Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last }, version: version,
                until: acknowledgement.until, awaitingEnd: wait)
            guard wait else {
                if connection.json {
                    var object = JSONObjectWriter()
                    object.add("instanceId", instance.id)
                    object.add("name", name)
                    Console.out(object.text)
                } else {
                    Console.out(instance.id)
                }
                return
            }
            Console.note("started \(name) as \(instance.id)")
            try await InstanceEnd(client: client, connection: connection).report(instance.id) {
                try await instance.result(timeout: connection.endTimeout)
            }
        }
    }
}
