import Warren
import WarrenMessaging
import WarrenSupport

/// The rows that a partition has set aside because they could not be read.
struct DamageReport {
    let partition: Int
    let reply: DamagedRowsReply

    /// The number of rows shown to people; `--json` has all that the host sent.
    private static let mostLines = 10

    /// The lines for people: the number of rows of each table, and the newest of them.
    var lines: [String] {
        let counts = tables.map { "\($0.count) of \($0.table.printable)" }.joined(separator: ", ")
        var lines = ["set aside in partition \(partition): \(counts)"]
        for row in reply.rows.prefix(Self.mostLines) {
            let instance = row.instanceID.map { ", instance \($0.printable)" } ?? ""
            lines.append(
                "         \(ISO8601.text(row.setAsideAt)) \(row.table.printable) \(row.key)\(instance): "
                    + row.reason.printable)
        }
        let shown = min(reply.rows.count, Self.mostLines)
        let all = tables.reduce(0) { $0 + $1.count }
        if all > shown {
            lines.append("         and \(all - shown) more; 'warren dead list --reason damaged-row' has them, too")
        }
        return lines
    }

    var json: String {
        var counts = JSONObjectWriter()
        for (table, count) in tables { counts.add(table, count) }
        let rows = reply.rows.map { row in
            var object = JSONObjectWriter()
            object.add("table", row.table)
            object.add("row", raw: String(row.key))
            if let instance = row.instanceID { object.add("instanceId", instance) }
            object.add("reason", row.reason)
            object.add("setAsideTime", ISO8601.text(row.setAsideAt))
            return object.text
        }
        var object = JSONObjectWriter()
        object.add("partition", partition)
        object.add("counts", raw: counts.text)
        object.add("rows", raw: "[" + rows.joined(separator: ",") + "]")
        return object.text
    }

    private var tables: [(table: String, count: Int)] {
        reply.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
