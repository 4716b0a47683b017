import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// The owners of a hub's partitions.
enum OwnersReport {
    /// The records of a hub without journals, partition by partition.
    case records([OwnerRecord?])
    /// What the hosts of a hub with journals say.
    case shared(HubSharing)

    /// The lines for people.
    func lines(_ style: Style) -> [String] {
        switch self {
        case .records(let owners):
            [style.faint("PARTITION  OWNER")]
                + owners.enumerated().map { partition, owner in
                    "\(partition)".padded(to: 9) + "  \(owner.map { "\($0)" } ?? "nobody yet")"
                }
        case .shared(let sharing):
            Self.hostLines(sharing, style) + Self.partitionLines(sharing, style) + Self.alarms(sharing, style)
        }
    }

    /// Adds what the lines say to the object that `--json` prints.
    func add(to object: inout JSONObjectWriter) {
        switch self {
        case .records(let owners):
            let texts = owners.map { $0.map { JSONText.quoted("\($0)") } ?? "null" }
            object.add("owners", raw: "[" + texts.joined(separator: ",") + "]")
        case .shared(let sharing):
            object.add("hosts", sharing.hosts.map(Self.json))
            object.add("owners", sharing.partitions.map { Self.json($0, sharing) })
        }
    }

    // MARK: A table

    private static func hostLines(_ sharing: HubSharing, _ style: Style) -> [String] {
        var rows = [["HOST", "PROCESS", "SINCE", "PARTITIONS", "STATE"]]
        for host in sharing.hosts {
            rows.append([
                label(host, in: sharing), "\(host.process)", host.startedAt.shortText, "\(host.owned.count)",
                host.isLeaving ? "leaving" : "there",
            ])
        }
        return aligned(rows, style)
    }

    private static func partitionLines(_ sharing: HubSharing, _ style: Style) -> [String] {
        var rows = [["PARTITION", "OWNER", "EPOCH", "JOURNAL SINCE SNAPSHOT", "FOLLOWERS"]]
        for partition in sharing.partitions {
            let owner = partition.owner
            rows.append([
                "\(partition.number)", owner.map { label($0.host, in: sharing) } ?? "nobody",
                owner.map { "\($0.epoch)" } ?? "-", owner.map { mebibytes($0.unsavedBytes) } ?? "-",
                partition.followers.map { label($0, in: sharing) }.joined(separator: ", "),
            ])
        }
        return aligned(rows, style)
    }

    private static func alarms(_ sharing: HubSharing, _ style: Style) -> [String] {
        var lines = sharing.partitions.flatMap { partition in
            partition.outdated.map { claim in
                "outdated: \(label(claim.host, in: sharing)) still says that it owns partition \(partition.number), by "
                    + "epoch \(claim.epoch); what it does there does not count"
            }
        }
        if sharing.hosts.isEmpty {
            lines.append(
                style.red(
                    "ALARM: no host of the hub is heard. Start one, or see why its hosts do not reach the broker."))
        } else if !sharing.withoutOwner.isEmpty {
            lines.append(
                style.red(
                    "ALARM: no host owns \(PartitionWords.text(sharing.withoutOwner)). What is sent there waits. If that "
                        + "lasts longer than 10 seconds, look into the hosts' logs for these partitions: whether they "
                        + "run the orchestrations that are open there, have room on their disks, and whether the broker "
                        + "confirms what is written to the journals."))
        }
        return lines
    }

    private static func aligned(_ rows: [[String]], _ style: Style) -> [String] {
        let widths = rows.first.map { heading in
            heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        }
        return rows.enumerated().map { number, row in
            var line = zip(row, widths ?? []).map { $0.padded(to: $1) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return number == 0 ? style.faint(line) : line
        }
    }

    /// The name of a host's machine, and more of it if others have the same.
    private static func label(_ host: HostBeat, in sharing: HubSharing) -> String {
        let alike = sharing.hosts.filter { $0.name == host.name }
        let name = host.name.printable.shortened(to: 60)
        if alike.count <= 1 { return name }
        if alike.filter({ $0.process == host.process }).count == 1 { return "\(name) (\(host.process))" }
        return "\(name) (\(host.id.printable.shortened(to: 36)))"
    }

    private static func label(_ id: String, in sharing: HubSharing) -> String {
        sharing.hosts.first { $0.id == id }.map { label($0, in: sharing) } ?? id.printable
    }

    private static func mebibytes(_ bytes: Int64) -> String {
        let tenths = max(0, bytes) / ((1 << 20) / 10)
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    // MARK: Objects

    private static func json(_ host: HostBeat) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("id", host.id)
        object.add("name", host.name)
        object.add("process", host.process)
        object.add("startedTime", ISO8601.text(host.startedAt))
        object.add("leaving", host.isLeaving)
        return object
    }

    private static func json(_ partition: HubSharing.Partition, _ sharing: HubSharing) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("partition", partition.number)
        if let owner = partition.owner { add(owner, to: &object) } else { object.add("host", raw: "null") }
        object.add("followers", partition.followers)
        if !partition.outdated.isEmpty {
            object.add(
                "outdated",
                partition.outdated.map { claim in
                    var object = JSONObjectWriter()
                    add(claim, to: &object)
                    return object
                })
        }
        return object
    }

    private static func add(_ claim: HubSharing.Claim, to object: inout JSONObjectWriter) {
        object.add("host", claim.host)
        object.add("epoch", Int(clamping: claim.epoch))
        object.add("unsavedBytes", Int(clamping: claim.unsavedBytes))
    }
}
