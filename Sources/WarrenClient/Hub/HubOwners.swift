import Warren
import WarrenMessaging
package import WarrenSupport

/// The partitions of a hub with their owners, and its hosts, as of one moment.
package struct HubOwners: Sendable {
    /// The members of the answer about partitions.
    package let partitions: JSONObjectWriter
    /// The hosts.
    package let hosts: [JSONObjectWriter]

    enum Owners {
        /// The records of a hub without journals, partition by partition.
        case records([OwnerRecord?])
        /// What the hosts of a hub with journals say.
        case shared(HubSharing)
    }

    /// - Parameters:
    ///   - waiting: the number of messages in each partition's queue.
    ///   - replies: what each partition says of itself; `nil` for one that did not answer.
    init(_ owners: Owners, waiting: [Int], replies: [DamagedRowsReply?]) {
        var object = JSONObjectWriter()
        switch owners {
        case .records(let records):
            object.add("durability", Durability.local.description)
            object.add("partitions", Self.partitions(waiting, replies) { Self.add(records, $0, to: &$1) })
            object.add("withoutOwner", raw: Self.numbers(records.indices.filter { records[$0] == nil }))
            hosts = Self.hosts(of: records)
        case .shared(let sharing):
            object.add("durability", Durability.journal.description)
            object.add("partitions", Self.partitions(waiting, replies) { Self.add(sharing, $0, to: &$1) })
            object.add("withoutOwner", raw: Self.numbers(sharing.withoutOwner))
            hosts = sharing.hosts.map { Self.host($0, in: sharing) }
        }
        partitions = object
    }

    private static func partitions(
        _ waiting: [Int], _ replies: [DamagedRowsReply?], _ add: (Int, inout JSONObjectWriter) -> Void
    ) -> [JSONObjectWriter] {
        zip(waiting, replies).enumerated().map { number, facts in
            var object = JSONObjectWriter()
            object.add("partition", number)
            add(number, &object)
            object.add("waiting", facts.0)
            if let reply = facts.1 {
                var counts = JSONObjectWriter()
                for (table, count) in reply.counts.sorted(by: { $0.key < $1.key }) { counts.add(table, count) }
                object.add("damaged", raw: counts.bytes)
                if let figures = reply.figures { object.add("figures", raw: Self.members(figures).bytes) }
            }
            return object
        }
    }

    private static func members(_ figures: PartitionFigures) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        func add(_ name: String, _ value: Double?) {
            guard let value else { return }
            var text: [UInt8] = []
            JSONText.append((value * 1e6).rounded() / 1e6, to: &text)
            object.add(name, raw: text)
        }
        add("seconds", figures.seconds)
        object.add("commits", figures.commits)
        add("commitMedian", figures.commitMedian)
        add("commit99", figures.commit99)
        object.add("turns", figures.turns)
        object.add("turnsInMemory", figures.turnsInMemory)
        object.add("outboxRows", figures.outboxRows)
        add("outboxOldest", figures.outboxOldest)
        object.add("mailbox", figures.mailbox)
        return object
    }

    // MARK: A hub without journals

    private static func add(_ records: [OwnerRecord?], _ number: Int, to object: inout JSONObjectWriter) {
        if number < records.count, let record = records[number] {
            var owner = JSONObjectWriter()
            owner.add("host", record.host)
            owner.add("name", record.host)
            owner.add("process", record.process)
            if let directory = record.dataDirectory { owner.add("dataDirectory", directory) }
            owner.add("since", ISO8601.text(record.since))
            object.add("owner", raw: owner.bytes)
        } else {
            object.add("owner", raw: "null")
        }
        object.add("followers", [String]())
    }

    /// The hosts that the records name: each process once.
    private static func hosts(of records: [OwnerRecord?]) -> [JSONObjectWriter] {
        var found: [(record: OwnerRecord, partitions: [Int])] = []
        for (number, record) in records.enumerated() {
            guard let record else { continue }
            if let index = found.firstIndex(where: {
                $0.record.host == record.host && $0.record.process == record.process
            }) {
                found[index].partitions.append(number)
            } else {
                found.append((record, [number]))
            }
        }
        return found.map { record, partitions in
            var object = JSONObjectWriter()
            object.add("id", "\(record.host)/\(record.process)")
            object.add("name", record.host)
            object.add("process", record.process)
            object.add("startedTime", ISO8601.text(record.since))
            object.add("partitions", raw: numbers(partitions))
            return object
        }
    }

    // MARK: A hub with journals

    private static func add(_ sharing: HubSharing, _ number: Int, to object: inout JSONObjectWriter) {
        guard let partition = sharing.partitions.first(where: { $0.number == number }) else {
            object.add("owner", raw: "null")
            object.add("followers", [String]())
            return
        }
        if let claim = partition.owner {
            var owner = JSONObjectWriter()
            owner.add("host", claim.host)
            if let host = sharing.hosts.first(where: { $0.id == claim.host }) {
                owner.add("name", host.name)
                owner.add("process", host.process)
            }
            owner.add("epoch", Int(clamping: claim.epoch))
            owner.add("unsavedBytes", Int(clamping: claim.unsavedBytes))
            object.add("owner", raw: owner.bytes)
        } else {
            object.add("owner", raw: "null")
        }
        object.add("followers", partition.followers)
        if !partition.outdated.isEmpty { object.add("outdated", partition.outdated.map(\.host)) }
    }

    private static func host(_ host: HostBeat, in sharing: HubSharing) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("id", host.id)
        object.add("name", host.name)
        object.add("process", host.process)
        object.add("startedTime", ISO8601.text(host.startedAt))
        object.add("leaving", host.isLeaving)
        object.add("partitions", raw: numbers(host.owned.map(\.partition)))
        object.add("followed", raw: numbers(host.followed))
        object.add("orchestrations", host.orchestrations.sorted())
        return object
    }

    private static func numbers(_ numbers: [Int]) -> String { "[\(numbers.map(String.init).joined(separator: ","))]" }
}
