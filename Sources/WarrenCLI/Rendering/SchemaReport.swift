import WarrenStorage
import WarrenSupport

/// The tables that `warren sql` has.
enum SchemaReport {
    static func lines(_ style: Style) -> [String] {
        var lines: [String] = []
        for table in HubQuery.tables {
            let width = table.columns.map(\.name.count).max() ?? 0
            lines.append("\(table.name)  \(style.faint(table.about))")
            for column in table.columns {
                let kind = column.kind.rawValue.padded(to: 7)
                lines.append("  \(column.name.padded(to: width))  \(kind)  \(style.faint(column.about))")
            }
        }
        return lines
    }

    /// One object for each column.
    static var json: [String] {
        var objects: [String] = []
        for table in HubQuery.tables {
            for column in table.columns {
                var object = JSONObjectWriter()
                object.add("table", table.name)
                object.add("column", column.name)
                object.add("type", column.kind.rawValue)
                object.add("about", column.about)
                objects.append(object.text)
            }
        }
        return objects
    }
}
