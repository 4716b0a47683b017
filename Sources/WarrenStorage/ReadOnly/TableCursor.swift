import Warren
import WarrenSupport

/// Reads a table from one file after the other.
final class TableCursor {
    let source: TableSource
    private(set) var isAtEnd = true

    private var scan = TableScan(wanted: 0, given: 0)
    /// The values that columns must have, beside the partition's number.
    private var searched: [(column: Int, text: String)] = []
    private var statement = TableStatement.none
    private var files: ArraySlice<ReadOnlyFile> = []
    /// The file that is being read, and its statement.
    private var current: (file: ReadOnlyFile, rows: Statement)?
    private var numbers = RowNumbers()
    /// The rows that were made of the present row of the file.
    private var made: ArraySlice<[SQLValue]> = []

    private var table: HubTable { source.table }

    init(_ source: TableSource) {
        self.source = source
    }

    deinit { leave() }

    /// Begins a scan, and goes to its first row.
    ///
    /// - Parameter values: the values of the scan's given columns, in order. SQLite tests every row again, so a value of
    ///   another kind than the column's restricts nothing here.
    func begin(_ scan: TableScan, _ values: [SQLValue]) throws(StorageError) {
        leave()
        self.scan = scan
        searched = []
        var files = source.files
        var rest = values[...]
        for (index, column) in table.searchable.enumerated() where scan.gives(index) {
            switch rest.popFirst() {
            case .integer(let partition)? where table.columns[column].kind == .integer:
                files = files.filter { $0.partition == partition }
            case .text(let text)? where table.columns[column].kind == .text:
                searched.append((column, text))
                guard column == table.instanceColumn else { break }
                let hash = Int(FNV1a32.hash(text.utf8))
                files = files.filter { hash % max($0.partitionCount, 1) == $0.partition }
            default: break
            }
        }
        self.files = files[...]
        statement = TableStatement(table, scan, conditions: searched.map(\.column))
        isAtEnd = false
        try advance()
    }

    /// Goes to the next row.
    func advance() throws(StorageError) {
        made = made.dropFirst()
        while made.isEmpty {
            guard let current else {
                guard try enter() else { return }
                continue
            }
            guard try current.rows.step() else {
                leave()
                continue
            }
            made =
                try table.expand.map { (expand) throws(StorageError) in
                    try expand(current.rows, &numbers)[...]
                } ?? [[]]
        }
    }

    /// The value of a column of the present row.
    func value(_ column: Int) -> SQLValue {
        guard table.columns.indices.contains(column), let current else { return .null }
        let facts = table.columns[column]
        switch facts.source {
        case .partition: return .integer(Int64(current.file.partition))
        case .made:
            let place = table.columns.prefix(column).count { if case .made = $0.source { true } else { false } }
            guard let row = made.first, row.indices.contains(place) else { return .null }
            return row[place]
        case .sql, .search:
            guard let place = statement.places[column] else { return .null }
            return current.rows.value(place, as: facts.kind)
        }
    }

    /// - Returns: whether there is another file.
    private func enter() throws(StorageError) -> Bool {
        guard let file = files.popFirst() else {
            isAtEnd = true
            return false
        }
        let rows = try file.take(statement.sql)
        for (index, search) in searched.enumerated() { rows.bind(Int32(clamping: index + 1), search.text) }
        numbers = RowNumbers()
        current = (file, rows)
        return true
    }

    /// Gives the statement back.
    private func leave() {
        guard let current else { return }
        current.file.give(current.rows, statement.sql)
        self.current = nil
    }
}

extension TableStatement {
    fileprivate static let none = TableStatement(sql: "", places: [:])

    private init(sql: String, places: [Int: Int32]) {
        self.sql = sql
        self.places = places
    }
}

extension Statement {
    /// A value of the present row as a table shows it.
    fileprivate func value(_ column: Int32, as kind: HubTable.Kind) -> SQLValue {
        guard !isNull(column) else { return .null }
        switch kind {
        case .integer: return .integer(int64(column))
        case .time: return .time(int64(column))
        case .text: return .text(repairedText(column))
        case .json:
            let text = String(decoding: blob(column), as: UTF8.self)
            return text.isEmpty ? .null : .json(text)
        }
    }
}
