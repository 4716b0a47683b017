import AMQP
import Logging
import Warren
import WarrenMessaging

extension ConfigurationKey {
    /// Every key, in the order in which they are listed.
    package static let all: [ConfigurationKey] =
        hub + broker + storage + work + messages + payloads + retention + waiting + program + http

    /// The keys of what a hub is, and what this process does in it.
    private static let hub: [ConfigurationKey] = [
        ConfigurationKey(
            "hub", .text(hubName), "The name of the task hub.", value: { .text($0.hub) },
            set: { if case .text(let name) = $1 { $0.hub = name } }),
        .choices(
            \.roles, "roles", HostConfiguration.Role.names, "What this process does in the hub.",
            word: { HostConfiguration.Role($0) }),
        .integer(
            \.partitionCount, "partitionCount", 1...99,
            "The number of partitions of the hub; fixed when the hub is created."),
    ]

    private static let broker: [ConfigurationKey] = [
        .text(
            \.broker.url, "broker.url", brokerAddress,
            "The address of the broker, `amqp://user:password@host:port/vhost`, or `amqps://` for TLS; nodes of a cluster are "
                + "separated by commas.",
            confidentiality: .allButPassword, absent: "messages stay in the process"),
        .text(
            \.broker.username, "broker.username", .any,
            "The user who logs in, instead of the one in the address; plain text.", absent: "that of the address"),
        .text(
            \.broker.password, "broker.password", .any,
            "The password of that user, instead of the one in the address; plain text.", confidentiality: .nothing,
            absent: "that of the address"),
    ]

    private static let storage: [ConfigurationKey] = [
        .text(
            \.storage.directory, "storage.directory", .any, "The directory of the files with history.",
            absent: "history stays in memory", alias: "WARREN_DATA"),
        .choice(
            \.storage.durability, "storage.durability", Durability.names,
            "Where the hub keeps what it has acknowledged; fixed when the hub is created.", word: { Durability($0) }),
        .flag(
            \.storage.acceptOlder, "storage.acceptOlder",
            "Whether to start, this once, on files that are older than what was acknowledged."),
        .size(
            \.journal.size, "journal.size", TaskHubTopology.journalRange,
            "The size of each partition's journal on the broker; fixed when the hub is created."),
        .integer(
            \.journal.followers, "journal.followers", 0...99,
            "The number of hosts, beside the owner, that are ready to take a partition over at once."),
    ]

    /// The keys of what runs: orchestrations, activities, leases.
    private static let work: [ConfigurationKey] = [
        ConfigurationKey(
            "orchestrations.concurrency", .integer(1...100_000),
            "The maximum number of partitions that run orchestrators at the same moment.", absent: "all partitions",
            value: { $0.orchestrations.concurrency.map { .integer($0) } },
            set: { if case .integer(let number) = $1 { $0.orchestrations.concurrency = number } }),
        .integer(
            \.orchestrations.warmInstances, "orchestrations.warmInstances", 0...10_000_000,
            "The maximum number of waiting instances that stay in memory; each takes about 4 KB."),
        .texts(
            \.orchestrations.retired, "orchestrations.retired", .any,
            "Orchestrations that are not run any more; their open instances fail."),
        .choice(
            \.orchestrations.onNonDeterminism, "orchestrations.onNonDeterminism", OnNonDeterminism.names,
            "What becomes of an instance whose history does not agree with the code.", word: { OnNonDeterminism($0) }),
        .choice(
            \.orchestrations.replayCheck, "orchestrations.replayCheck", HostConfiguration.ReplayCheckMode.names,
            "Whether open instances are replayed before the host takes anything, and what then becomes of those that do not "
                + "agree with the code.", word: { HostConfiguration.ReplayCheckMode($0) }),
        .integer(
            \.orchestrations.maximumHistory, "orchestrations.maximumHistory", 10_000...100_000_000,
            "The maximum number of events in the history of one execution, which fails beyond it."),
        .text(
            \.orchestrations.defaultVersion, "orchestrations.defaultVersion", version,
            "The version of this host's code, with which instances begin whose start names none."),
        .choice(
            \.orchestrations.versionMatch, "orchestrations.versionMatch", HostConfiguration.VersionMatch.names,
            "Which versions run on code that was registered without a version.",
            word: { HostConfiguration.VersionMatch($0) }),
        .choice(
            \.orchestrations.versionMismatch, "orchestrations.versionMismatch", HostConfiguration.VersionMismatch.names,
            "What becomes of an instance with a version that this host does not run.",
            word: { HostConfiguration.VersionMismatch($0) }),
        .integer(
            \.activities.concurrency, "activities.concurrency", 1...100_000,
            "The maximum number of activities that run at once in this process."),
        .integer(
            \.activities.maximumDeliveries, "activities.maximumDeliveries", 1...100_000,
            "The number of deliveries of a work item after which it is refused as one that kills workers."),
        .texts(
            \.activities.foreign, "activities.foreign", activityName,
            "Activities that other processes run, and that get a queue when the host starts."),
        .choice(
            \.activities.dispatch, "activities.dispatch", HostConfiguration.ActivityDispatch.names,
            "The way of work to activities of the same process: through the broker, or past it while places come free soon.",
            word: { HostConfiguration.ActivityDispatch($0) }),
        .texts(
            \.activities.dispatchExceptions, "activities.dispatchExceptions", activityName,
            "Activities whose work goes the other way than `activities.dispatch` says."),
        ConfigurationKey(
            "activities.limits", .texts(LimitText.rule),
            "How much of an activity the whole hub runs, in the place of what the code of hosts says.",
            value: { .list($0.activities.limits.map { LimitText(activity: $0, limits: $1).text }.sorted()) },
            set: { configuration, value in
                guard case .list(let texts) = value else { return }
                configuration.activities.limits = [:]
                for text in texts {
                    do throws(ConfigurationComplaint) {
                        let read = try LimitText(text)
                        configuration.activities.limits[read.activity] = read.limits
                    } catch {
                        // The rule has refused the text: nobody gets here with it.
                        continue
                    }
                }
            }),
        .duration(
            \.leases.after, "leases.after", from: .milliseconds(1),
            "The time that an activity may run before its work item is taken under a lease."),
        .duration(
            \.leases.duration, "leases.duration", from: .seconds(1),
            "The time that a lease lasts without a heartbeat; heartbeats are sent three times as often."),
    ]

    private static let messages: [ConfigurationKey] = [
        .integer(
            \.messages.prefetch, "messages.prefetch", 1...2000,
            "The maximum number of deliveries of one queue that are processed at once."),
        .size(
            \.messages.maximumSize, "messages.maximumSize", 64 << 10...64 << 20,
            "The largest body of a message that is sent; keep it well below the broker's `max_message_size`."),
        .integer(
            \.messages.maximumOutboxRows, "messages.maximumOutboxRows", 4...100_000_000,
            "The maximum number of rows of unconfirmed messages in a partition's file; starts wait from half of it on."),
        .integer(
            \.messages.maximumHeld, "messages.maximumHeld", 0...100_000_000,
            "The number of messages that a partition keeps for instances and orchestrations that do not exist yet."),
        .size(
            \.messages.maximumHeldSize, "messages.maximumHeldSize", 0...(1 << 40),
            "The space in a partition's file for such messages."),
        .integer(
            \.messages.maximumHostDeaths, "messages.maximumHostDeaths", 2...1000,
            "The number of times that the process may end over one message or instance before that is removed as poison."
        ),
        .duration(
            \.messages.duplicateMemory, "messages.duplicateMemory", from: .seconds(60),
            "The time for which the keys of messages that were taken are remembered."),
        .texts(
            \.messages.replyQueuePrefixes, "messages.replyQueuePrefixes", queuePrefix,
            "Prefixes of the names of further queues to which answers may be sent."),
        .flag(
            \.messages.carriesBaggage, "messages.carriesBaggage",
            "Whether the header `baggage` is stored and passed on with a trace, to every worker."),
    ]

    /// The keys of times to wait, and of what is told.
    private static let waiting: [ConfigurationKey] = [
        .duration(\.graces.stop, "graces.stop", "The time within which a host that is asked to stop ends."),
        .duration(
            \.graces.unknownOrchestration, "graces.unknownOrchestration",
            "The time that a start waits for a host that knows the orchestration."),
        .duration(
            \.graces.earlyEvent, "graces.earlyEvent", "The time that an event waits for its instance to start."),
        .duration(
            \.graces.unknownActivity, "graces.unknownActivity",
            "The time during which work for an activity without a queue is tried before the call fails."),
        .choice(
            \.reports.console, "reports.console", HostConfiguration.ConsoleReports.names,
            "The lines about instances that go to the console queue.", word: { HostConfiguration.ConsoleReports($0) }),
        .choices(
            \.reports.lifecycle, "reports.lifecycle", HostConfiguration.LifecycleEvent.names,
            shorthands: [
                "nothing": [], "failures": names(.failures), "endings": names(.endings),
                "everything": names(.everything),
            ], "The changes of status that are published to the exchange `{h}.lifecycle`.",
            word: { HostConfiguration.LifecycleEvent($0) }),
    ]

    /// The keys of what a program does beside its host. They have no place in a host's configuration.
    private static let program: [ConfigurationKey] = [
        ConfigurationKey(
            "log.level", .choice(Logger.Level.allCases.map(\.rawValue)), "The least important lines that are logged.",
            value: { _ in .text("notice") }),
        ConfigurationKey(
            "health.port", .integer(0...65_535),
            "The port for `/health/live`, `/health/ready` and `/metrics`; 0 for any that is free.", absent: "not served"
        ),
        ConfigurationKey(
            "health.address", .text(.any), "The address at which health and metrics are served, to anyone.",
            value: { _ in .text("127.0.0.1") }),
    ]

    private static func names(_ events: Set<HostConfiguration.LifecycleEvent>) -> [String] {
        events.map(\.description).sorted()
    }

    private static let hubName = TextRule("1 to 63 letters, digits, '_' or '-', beginning with a letter") { name in
        do throws(MessagingError) {
            _ = try TaskHubName(name)
            return true
        } catch {
            return false
        }
    }

    private static let addressForm = "amqp://user:password@host:port/vhost, or amqps:// for TLS"

    private static let brokerAddress = TextRule(addressForm) { url in
        do throws(AMQPError) {
            _ = try AMQPConfiguration(url: url)
            return nil
        } catch {
            // With a '/' or '?' in it, a password ends early, and what is said of the rest could tell it.
            let rest = url.drop { $0 != "/" }.dropFirst(2)
            let isCut = rest.contains("@") && !rest.prefix { $0 != "/" && $0 != "?" }.contains("@")
            let reason = isCut ? "before its '@' stands '/' or '?'; write %2F or %3F" : error.message
            return ConfigurationComplaint("is no address of a broker: \(reason); it must be \(addressForm)")
        }
    }

    private static let activityName = TextRule(
        "1 to 100 letters, digits, '_', '.' or '-', beginning with a letter or '_'"
    ) { WireRules.isName($0) }

    private static let version = TextRule(
        "1 to \(OrchestrationVersion.maximumLength) letters, digits, '.', '-', '_' or '+'"
    ) { OrchestrationVersion.problem($0) == nil }

    private static let queuePrefix = TextRule("1 to 200 bytes") { (1...200).contains($0.utf8.count) }
}
