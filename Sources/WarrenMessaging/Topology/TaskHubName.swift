/// The name of a task hub, and the names of everything on the broker that belongs to it.
///
/// `^[A-Za-z][A-Za-z0-9_-]{0,62}$`: without dots, so that the names of two hubs never coincide, and permissions can be
/// written as `^warren\..*`.
package struct TaskHubName: Sendable, Hashable, CustomStringConvertible {
    /// The name itself.
    package var text: String { names.hub }

    // Computed once: these names are written into every message.
    private let names: Names

    /// - Throws: `MessagingError.Code.badHubName` if the text breaks the rule.
    package init(_ text: String) throws(MessagingError) {
        guard Self.isValid(text) else {
            throw MessagingError(
                .badHubName,
                "'\(text.prefix(80))' cannot name a task hub. Use 1 to 63 letters, digits, '_' or '-', "
                    + "beginning with a letter.")
        }
        names = Names(text)
    }

    package var startExchange: String { names.start }
    package var eventExchange: String { names.event }
    package var entityExchange: String { names.entity }
    package var controlExchange: String { names.control }
    package var queryExchange: String { names.query }
    package var partitionExchange: String { names.partition }
    package var activityExchange: String { names.activity }
    package var resultExchange: String { names.result }
    package var lifecycleExchange: String { names.lifecycle }
    package var consoleExchange: String { names.console }
    package var deadExchange: String { names.dead }
    /// The alternate exchange of the intake's exchanges in hubs of an earlier version.
    package var unroutedExchange: String { names.unrouted }

    package var intakeQueue: String { names.intake }
    package var queryQueue: String { names.query }
    package var consoleQueue: String { names.console }
    package var deadQueue: String { names.dead }
    /// The queue of work items that the broker gave up on. It is not called `{h}.activity.dead`, which is the queue of
    /// an activity named `dead`.
    package var activityDeadQueue: String { names.activityDead }

    /// The name of a partition's queue: zero-padded to the width of the highest number, at least two digits, so that
    /// names sort as numbers do.
    package func partitionQueue(_ partition: Int, of count: Int) -> String {
        names.partitionPrefix + Self.padded(partition, of: count)
    }

    /// The name of the queue that records which store a partition belongs to; numbered like the partition's own.
    package func ownerQueue(_ partition: Int, of count: Int) -> String {
        names.ownerPrefix + Self.padded(partition, of: count)
    }

    /// The name of the stream of a partition's journal, numbered like the partition's own queue.
    package func journalStream(_ partition: Int, of count: Int) -> String {
        names.journalPrefix + Self.padded(partition, of: count)
    }

    /// The name of the stream of one snapshot of a partition.
    package func snapshotStream(_ partition: Int, of count: Int, id: String) -> String {
        "\(names.snapshotPrefix)\(Self.padded(partition, of: count)).\(id)"
    }

    /// The name of the stream in which hosts say that they are there.
    package var hostsStream: String { names.hosts }

    /// The name of the lock that a host holds while it has the partition open.
    package func ownerLock(_ partition: Int, of count: Int) -> String { ownerQueue(partition, of: count) + ".lock" }

    /// The name of the lock that a reader of a partition's owner queue holds.
    package func ownerReaderLock(_ partition: Int, of count: Int) -> String {
        ownerQueue(partition, of: count) + ".reader"
    }

    /// The name of the queue for messages from outside to a partition that takes little or nothing at present.
    package func detourQueue(_ partition: Int, of count: Int) -> String {
        partitionQueue(partition, of: count) + ".intake"
    }

    /// The routing key of that queue on the partition exchange.
    package func detourKey(_ partition: Int) -> String { partitionKey(partition) + ".intake" }

    /// The routing key of a partition on the partition exchange.
    package func partitionKey(_ partition: Int) -> String { String(partition) }

    package func activityQueue(_ activity: String) -> String { names.activityPrefix + activity }

    /// The routing key on the activity exchange of what concerns all workers. No activity has such a name.
    package static let cancellationKey = "@cancel"

    /// The name of the queue of one worker process. It begins like the queues of activities, so that workers need no
    /// further permission, and no activity has such a name.
    package func workerQueue(_ id: String) -> String { "\(names.activityPrefix)@worker.\(id)" }

    /// Whether a queue is that of a worker process.
    package func isWorkerQueue(_ queue: String) -> Bool { queue.hasPrefix(names.activityPrefix + "@worker.") }

    /// The partition that a queue of this hub belongs to; `nil` if it is no partition's queue.
    package func partition(ofQueue queue: String) -> Int? {
        guard queue.utf8.starts(with: names.partitionPrefix.utf8) else { return nil }
        let digits = queue.utf8.dropFirst(names.partitionPrefix.utf8.count)
        guard (2...9).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }

    /// Whether a name belongs to this hub.
    package func owns(_ name: String) -> Bool { name.hasPrefix(names.prefix) }

    package var description: String { text }

    package static func == (left: TaskHubName, right: TaskHubName) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    private static func padded(_ partition: Int, of count: Int) -> String {
        let digits = String(partition)
        let width = max(2, String(max(count - 1, 0)).utf8.count)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func isValid(_ text: String) -> Bool {
        guard (1...63).contains(text.utf8.count), let first = text.utf8.first, first.isASCIILetter else { return false }
        return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D }
    }

    private final class Names: Sendable {
        let hub, prefix: String
        let start, event, entity, control, query, partition, activity, result, lifecycle, console, dead: String
        let unrouted: String
        let intake, activityDead, partitionPrefix, ownerPrefix, activityPrefix: String
        let journalPrefix, snapshotPrefix, hosts: String

        init(_ hub: String) {
            self.hub = hub
            prefix = hub + "."
            start = hub + ".start"
            event = hub + ".event"
            entity = hub + ".entity"
            control = hub + ".control"
            query = hub + ".query"
            partition = hub + ".partition"
            activity = hub + ".activity"
            result = hub + ".result"
            lifecycle = hub + ".lifecycle"
            console = hub + ".console"
            dead = hub + ".dead"
            unrouted = hub + ".unrouted"
            intake = hub + ".intake"
            activityDead = hub + ".dead.activity"
            partitionPrefix = hub + ".partition."
            ownerPrefix = hub + ".owner."
            activityPrefix = hub + ".activity."
            journalPrefix = hub + ".journal."
            snapshotPrefix = hub + ".snapshot."
            hosts = hub + ".hosts"
        }
    }
}

extension UInt8 {
    var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isASCIIDigit: Bool { self &- 0x30 < 10 }
}
