import ArgumentParser
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenSupport

/// `warren hub journal`
struct HubJournalSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Give a task hub of durability local journals, so that several hosts can share it.",
        discussion: """
            There is no way back. Run it on the machine with the data directory of the hub's host, while no host of the hub \
            runs; clients and workers may go on: what they send waits. Instances go on where they were, with their \
            timers, and results of activities under way are taken.

            For each partition it makes a journal on the broker and writes a copy of the partition's file to it. Then the \
            partition belongs to its journal, and hosts of durability local, and those of versions without journals, are \
            refused. Needs as much free space in the data directory as the files take, and once more for the largest of \
            them; on each broker node as much as the files take.

            It may be interrupted at any moment: run it again, and it goes on. Afterwards start the hosts with durability \
            journal (--durability journal of the samples) and the same --journal-bytes: one with this data directory, and \
            others with an empty one each.

            With --dry-run it checks and stops. A file that an older version wrote is then of this version, as after any \
            start of a host.

            Exits 1 and changes nothing if a host runs, or the data directory is not that of the hub, lacks a partition, \
            or is older than what was acknowledged; 5 if there is no such hub, or it has journals already.

            EXAMPLES
              warren hub journal --hub orders --data /var/lib/orders --dry-run
              warren hub journal --hub orders --data /var/lib/orders
            """)

    @Option(
        help: .init("The data directory of the hub's host.", valueName: "directory"), completion: .directory)
    var data: String

    @OptionGroup
    var journal: JournalBytesOption

    @Flag(help: "Only check whether the hub can be converted; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard !data.isEmpty else { throw ValidationError("--data is the data directory of the hub's host.") }
    }

    func run() async throws {
        try await connection.withProvisioning { hub in
            let conversion = HubConversion(
                hub: hub.hub, directory: data, journalBytes: journal.bytes,
                transport: hub.transport, logger: ConnectionOptions.quietLogger, report: Console.note)
            try await conversion.run(isRehearsal: dryRun)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("durability", (dryRun ? Durability.local : .journal).description)
            Console.out(object.text)
        } else if dryRun {
            Console.note("hub \(connection.hubName) can be converted; nothing was changed")
        } else {
            Console.note(
                "hub \(connection.hubName) has the durability journal now: start its hosts with that"
                    + (journal.journalBytes.map { " and \($0) bytes for each journal" } ?? ""))
        }
    }
}
