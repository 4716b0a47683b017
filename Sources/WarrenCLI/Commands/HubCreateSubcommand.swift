import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// `warren hub create`
struct HubCreateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a task hub's exchanges and queues.",
        discussion: """
            Creating a hub that exists changes nothing; with another number of partitions or another durability it is \
            refused with exit code 5. Without --partitions and --durability, a hub that exists keeps what it has.

            With --durability journal the hub's instances survive the loss of a host's disk: every step is first written to \
            a journal on the broker, which costs disk space there (--journal-bytes for each partition and broker node) and \
            makes each step a little slower. Give all hosts of the hub the same durability.

            A worker in another language consumes its activity's queue and does not declare it. Hosts make the queues of the \
            activities that they know; with --activity they are there before any host has run.

            EXAMPLES
              warren hub create --hub orders --partitions 8
              warren hub create --hub orders --durability journal --journal-bytes 4294967296
              warren hub create --hub orders --activity charge --activity ship
            """)

    @Option(
        help: .init("How many partitions: fixed for the life of the hub, 1 to 99 (default: 4).", valueName: "count"))
    var partitions: Int?

    @Option(
        name: .customLong("activity"), help: .init("An activity that gets a queue; may be repeated.", valueName: "name")
    )
    var activities: [String] = []

    @Option(
        help: .init(
            "Where the hub keeps what it has acknowledged, fixed for its life: local, in its host's files, or journal, on "
                + "the broker as well (default: local).", valueName: "durability"))
    var durability: DurabilityArgument?

    @Option(
        help: .init(
            "The size of each partition's journal before its oldest part is removed, 64 MiB to 1 TiB (default: 1 GiB). "
                + "A journal that exists keeps its size.", valueName: "bytes"))
    var journalBytes: Int?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard (1...99).contains(partitions ?? 4) else { throw ValidationError("--partitions is 1 to 99.") }
        let range = TaskHubTopology.journalRange
        guard range.contains(journalBytes ?? range.lowerBound) else {
            throw ValidationError("--journal-bytes is \(range.lowerBound) to \(range.upperBound).")
        }
        if journalBytes != nil, durability?.durability != .journal {
            throw ValidationError("--journal-bytes is for a hub with journals: add --durability journal.")
        }
    }

    func run() async throws {
        let (count, durability) = try await connection.withProvisioning { hub in
            let existing = try await hub.partitionCount()
            let count = partitions ?? (existing > 0 ? existing : 4)
            let durability = try await hub.create(
                partitions: count, activities: activities, durability: self.durability?.durability,
                journalBytes: journalBytes ?? TaskHubTopology.journalBytes)
            return (count, durability)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("partitions", count)
            object.add("durability", durability.description)
            if !activities.isEmpty { object.add("activities", Set(activities).sorted()) }
            Console.out(object.text)
        } else {
            Console.note(
                "hub \(connection.hubName) is there, with \(count) partitions and the durability \(durability)")
            for name in Set(activities).sorted() { Console.note("activity \(name) has a queue") }
        }
    }
}
