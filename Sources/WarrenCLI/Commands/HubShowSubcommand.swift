import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// `warren hub show`
struct HubShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a task hub's queues: how many messages wait in them, and how many consumers they have.",
        discussion: """
            Works without a host, but needs a host's rights on the broker. Messages that a host has fetched and not \
            acknowledged are not counted; of a stream, the records that it keeps are.

            With --owners, also whose each partition is. For a hub with the durability local that is the host and \
            data directory it belongs to. For a hub with journals it is what its hosts say of themselves at this \
            moment, to which the command listens for 1.2 seconds: each host with its process, and for each partition \
            the host that owns it, the epoch of its claim, how much journal was written since the newest snapshot, \
            and the hosts that follow it to take over.

            A broker does not say which activities there are. Shown are those that the orchestrator host runs itself or \
            has called since it started, and those named with --activity. Destinations that take nothing at present, so \
            that what the host has for them waits, are listed with the broker's reason. Rows of the host's files that could \
            not be read and were set aside are counted for each partition and table; the newest are listed, with what is \
            wrong with them. Partitions that do not say so within 3 seconds are named.

            EXAMPLES
              warren hub show
              warren hub show --activity ChargeCard
              warren hub show --owners
              warren hub show --json | jq '.queues[] | select(.messages > 0)'
            """)

    @Flag(help: "Also show whose each partition is.")
    var owners = false
    @Option(
        name: .customLong("activity"), help: .init("An activity to show as well; may be repeated.", valueName: "name"))
    var activities: [String] = []

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let (partitions, durability, hasHost, owners) = try await connection.withProvisioning { hub in
            let partitions = try await hub.verify(partitions: nil)
            let durability = try await hub.durability(partitions: partitions)
            let owners: OwnersReport? =
                if !self.owners {
                    nil
                } else if durability == .journal {
                    .shared(try await hub.sharing(partitions: partitions))
                } else {
                    .records(try await hub.owners(partitions: partitions))
                }
            return (partitions, durability, try await hub.hasHost(), owners)
        }
        // Asked only if a host runs: otherwise the question would wait in the intake.
        var activities = activities
        var parked: [HubDescription.Parked] = []
        var damage: [DamageReport] = []
        var incomplete: [Int] = []
        if hasHost {
            activities += await calledActivities()
            parked = await parkedDestinations()
            (damage, incomplete) = await setAside(partitions: partitions)
        }
        let names = activities
        let loads = try await connection.withProvisioning {
            try await $0.queues(partitions: partitions, activities: names)
        }
        guard connection.json else {
            let style = Style.standard
            let width = max("QUEUE".count, loads.map { $0.queue.count }.max() ?? 0)
            Console.out("hub \(connection.hubName), \(partitions) partitions, durability \(durability)")
            Console.out(style.faint("QUEUE".padded(to: width) + "  MESSAGES  CONSUMERS"))
            for load in loads {
                let messages = "\(load.messages)".padded(to: "MESSAGES".count)
                Console.out(
                    load.queue.padded(to: width) + "  \(messages)  \(load.consumers.map { "\($0)" } ?? "?")")
            }
            owners?.lines(style).forEach(Console.out)
            for place in parked {
                Console.out("waiting: \(place.destination), \(place.rows) rows since \(ISO8601.text(place.since))")
                Console.out("         \(place.reason)")
            }
            damage.flatMap(\.lines).forEach(Console.out)
            if !hasHost {
                Console.note("no orchestrator host runs: queues of activities are shown with --activity only")
            }
            return
        }
        let queues = loads.map { load in
            var object = JSONObjectWriter()
            object.add("queue", load.queue)
            object.add("messages", load.messages)
            if let consumers = load.consumers { object.add("consumers", consumers) }
            return object.text
        }
        var object = JSONObjectWriter()
        object.add("hub", connection.hubName)
        object.add("partitions", partitions)
        object.add("durability", durability.description)
        object.add("queues", raw: "[" + queues.joined(separator: ",") + "]")
        if !parked.isEmpty {
            let texts = parked.map { place in
                var object = JSONObjectWriter()
                object.add("destination", place.destination)
                object.add("reason", place.reason)
                object.add("since", ISO8601.text(place.since))
                object.add("rows", place.rows)
                return object.text
            }
            object.add("parked", raw: "[" + texts.joined(separator: ",") + "]")
        }
        if !damage.isEmpty { object.add("damaged", raw: "[" + damage.map(\.json).joined(separator: ",") + "]") }
        if !incomplete.isEmpty { object.add("incomplete", raw: MissingPartitions.array(incomplete)) }
        owners?.add(to: &object)
        Console.out(object.text)
    }

    /// The destinations to which the host cannot send; none if it does not answer, which was reported already.
    private func parkedDestinations() async -> [HubDescription.Parked] {
        do {
            return try await connection.withClient { client in
                try await client.parkedDestinations(timeout: min(connection.answerTimeout, .seconds(3)))
            }
        } catch {
            return []
        }
    }

    /// The rows that partitions have set aside, of those that have any, and the partitions that did not answer.
    private func setAside(partitions: Int) async -> (reports: [DamageReport], missing: [Int]) {
        var reports: [DamageReport] = []
        var missing: [Int] = []
        let timeout = min(connection.answerTimeout, .seconds(3))
        do {
            let answers = try await connection.withClient { client in
                try await client.damagedRows(partitions: partitions, timeout: timeout)
            }
            for (partition, answer) in answers.enumerated() {
                switch answer {
                case .success(let reply):
                    if !reply.counts.isEmpty { reports.append(DamageReport(partition: partition, reply: reply)) }
                case .failure(let error) where error.code == .timedOut:
                    missing.append(partition)
                case .failure(let error):
                    Console.note(
                        "partition \(partition) does not say what it has set aside: \(error.message.printable)")
                }
            }
        } catch {
            Console.note("the host does not say what it has set aside: \(ExitStatus.explanation(of: error))")
        }
        if !missing.isEmpty {
            Console.note(
                "what was set aside is not known of all: " + MissingPartitions.explanation(missing, within: timeout))
        }
        return (reports, missing)
    }

    /// The activities that the host knows; none if it does not answer, which is reported but is no failure.
    private func calledActivities() async -> [String] {
        do {
            return try await connection.withClient { client in
                try await client.activityNames(timeout: min(connection.answerTimeout, .seconds(3)))
            }
        } catch {
            Console.note("the host does not say which activities there are: \(ExitStatus.explanation(of: error))")
            return []
        }
    }
}
