import ArgumentParser
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// `warren sql`
struct SQLSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Ask a hub's files a question in SQL: the history is yours.",
        discussion: """
            Reads the partition files in a host's data directory, beside a host that runs or without one, and changes \
            nothing. Needs no broker. The statement is one SELECT, WITH, VALUES or EXPLAIN of SQLite, from the command \
            line or from standard input; only reading is allowed.

            The tables are instances, history, timers, outbox and partitions; --schema lists their columns. Times are \
            RFC 3339 in UTC, which sort and compare as text and which SQLite's date functions take. Inputs, outputs and \
            events are JSON: event ->> '$.input.amount' is a part of one. Conditions of equality on partition, \
            instance_id, name and status find their rows by an index; an instance_id also tells the partition.

            Each file is read as of one moment. A query beside a host keeps the host's write-ahead log from starting \
            over as long as it runs, so it ends after --timeout (default: 60s, 0 for no limit).

            Exits 1 if a file cannot be read, 2 if the statement is wrong, 4 if the time is up.

            EXAMPLES
              warren sql --data /var/lib/orders "SELECT name, status, count(*) FROM instances GROUP BY 1, 2"
              warren sql --data data "SELECT at, type, event FROM history WHERE instance_id = 'order-42'"
              warren sql --data data --csv < report.sql > report.csv
              warren sql --schema
            """)

    @Argument(help: "The statement (default: standard input).")
    var statement: String?

    @Option(
        help: .init("The data directory of a host of the hub.", valueName: "directory"), completion: .directory)
    var data: String?

    @Option(help: .init("The task hub's name (default: the only one in the directory).", valueName: "name"))
    var hub: String?

    @Option(help: .init("How long the query may take: 10s, 5m; 0 for no limit (default: 60s).", valueName: "duration"))
    var timeout: DurationArgument?

    @Flag(help: "Print each row as a JSON object on a line.")
    var json = false

    @Flag(help: "Print comma-separated values, with a heading (RFC 4180).")
    var csv = false

    @Flag(help: "Print the tables and their columns, and stop.")
    var schema = false

    func validate() throws {
        if json && csv { throw ValidationError("Give --json or --csv, not both.") }
        if schema { return }
        guard let data, !data.isEmpty else {
            throw ValidationError("--data is the data directory of a host of the hub.")
        }
    }

    func run() async throws {
        if schema { return (json ? SchemaReport.json : SchemaReport.lines(.standard)).forEach(Console.out) }
        let text = try statement ?? String(decoding: Console.standardInput(), as: UTF8.self)
        let limit = timeout?.duration ?? .seconds(60)
        let query = try HubQuery(
            PartitionFileList(directory: data ?? "", hub: hub), timeout: limit == .zero ? nil : limit
        ) { row in
            try OutboxListing.read(row).map(OutboxFacts.init)
        }
        var format: any RowFormat = if json { JSONRows() } else if csv { CSVRows() } else { TableRows() }
        do {
            try query.run(text) {
                format.begin($0)
            } row: {
                format.add($0)
                return true
            }
        } catch {
            // What was found before the error is shown.
            format.end(isComplete: false)
            throw error
        }
        format.end(isComplete: true)
    }
}

extension OutboxFacts {
    fileprivate init(_ message: OutboxListing) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, messageID: message.messageID,
            correlationID: message.correlationID, type: message.type, contentType: message.contentType,
            headers: message.headers, body: message.body)
    }
}
