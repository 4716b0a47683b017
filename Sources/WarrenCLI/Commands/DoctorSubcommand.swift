import ArgumentParser
import WarrenClient
import WarrenMessaging

/// `warren doctor`
struct DoctorSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine broker, hub, hosts and files, and say what is wrong and which command mends it.",
        discussion: """
            Looks at the broker (whether it can be reached, its version, encryption), the hub (every exchange, queue, \
            argument and binding), the rights of the address's user, alarms, the hosts, owners of partitions and clocks, \
            what waits in queues and whether somebody reads them, dead letters, activities without a worker, and rows \
            that could not be read. With --data, also at a host's data directory on this machine: rights, free space, \
            the limit of open files, and each file, which is read as a whole.

            Each finding is a line that begins with ok, advice or wrong; the lines below it say why it matters and what \
            mends it. Needs a host's rights on the broker, and changes nothing but this: a binding of the hub that is \
            missing is made again, as at every start of a host. Clocks are compared with hosts of hubs with journals \
            only.

            Exits 0 if nothing is wrong, whatever was advised, else 1.

            EXAMPLES
              warren doctor
              warren doctor --hub orders --data /var/lib/orders
              warren doctor --json | jq -r 'select(.level == "wrong") | .remedy'
            """)

    @Option(
        help: .init("The data directory of a host of the hub, on this machine.", valueName: "directory"),
        completion: .directory)
    var data: String?

    @Flag(help: "Read all of the files, also if they are larger than 4 GiB together.")
    var thorough = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if thorough && data == nil {
            throw ValidationError("--thorough is about files: name their directory with --data.")
        }
    }

    func run() async throws {
        let hub: TaskHubName
        do {
            hub = try TaskHubName(connection.hubName)
        } catch {
            throw ClientError(.invalidArgument, error.message)
        }
        var patient = Patient(
            brokerURL: connection.brokerURL, hub: hub, data: data,
            patience: connection.timeout?.duration ?? .seconds(5), logger: ConnectionOptions.quietLogger)
        var counts: [Finding.Level: Int] = [:]
        let style = Style.standard
        try await Doctor(isThorough: thorough).examine(&patient) { finding in
            counts[finding.level, default: 0] += 1
            if connection.json { Console.out(finding.json) } else { finding.lines(style).forEach(Console.out) }
        }
        let wrong = counts[.wrong] ?? 0
        guard wrong > 0 else { return Console.note("nothing is wrong") }
        Console.note("\(wrong) \(wrong == 1 ? "thing is" : "things are") wrong")
        throw ExitStatus.failed
    }
}
