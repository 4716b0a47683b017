import ArgumentParser
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenSupport

/// `warren hub reseed`
struct HubReseedSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseed",
        abstract: "Make journals anew from the files of hosts, after the broker has lost them or the end of them.",
        discussion: """
            For hubs with journals whose hosts say that the broker has less than their files: a broker of one node has lost \
            power or its disk, or a journal was deleted. Stop all hosts, bring their data directories to one machine, and \
            name each with --from: of each partition, the file that has read furthest is taken. What no file has is gone.

            Partitions whose journals have everything that the files have are not touched. A hub that the broker has lost \
            altogether is created again first, with as many partitions as before.

            It may be interrupted at any moment: run it again. Afterwards start a host with the directory that the command \
            names for each partition, or with an empty one; files of the old journals in other directories are refused, so \
            move those away.

            Exits 1 and changes nothing if a host runs, or the directories lack a partition; 5 if there is no such hub with \
            journals.

            EXAMPLES
              warren hub reseed --hub orders --from /var/lib/orders --dry-run
              warren hub reseed --hub orders --from /mnt/web-1/orders --from /mnt/web-2/orders
            """)

    @Option(help: .init("A data directory of the hub's hosts, or a copy. May be repeated.", valueName: "directory"))
    var from: [String]

    @OptionGroup
    var journal: JournalBytesOption

    @Flag(help: "Only say which journals would be made anew; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard !from.isEmpty, !from.contains("") else {
            throw ValidationError("--from is a data directory of the hub's hosts.")
        }
    }

    func run() async throws {
        let made = try await connection.withProvisioning { hub in
            let reseed = HubReseed(
                hub: hub.hub, directories: from, journalBytes: journal.bytes,
                transport: hub.transport, logger: ConnectionOptions.quietLogger, report: Console.note)
            return try await reseed.run(isRehearsal: dryRun)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("changed", !dryRun && !made.isEmpty)
            object.add("partitions", made.map(String.init))
            Console.out(object.text)
        } else if made.isEmpty {
            Console.note("the journals of hub \(connection.hubName) have everything; nothing was changed")
        } else {
            let list = made.map(String.init).joined(separator: ", ")
            Console.note(
                dryRun
                    ? "the journals of these partitions would be made anew: \(list)"
                    : "the journals of these partitions were made anew: \(list). Start the hub's hosts")
        }
    }
}
