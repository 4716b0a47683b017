import Warren

/// A table that queries see: rows of all partitions' files, made of what the files' tables hold.
package struct HubTable: Sendable {
    /// The kind of a column's values.
    package enum Kind: String, Sendable {
        case integer, text
        /// A text that is one JSON value.
        case json
        /// A text, RFC 3339 in UTC with six digits of fraction, so that texts sort as times do.
        case time
    }

    package struct Column: Sendable {
        /// The place that its values come from.
        enum Source: Sendable {
            /// The file that is read.
            case partition
            /// An expression over the file's tables.
            case sql(String)
            /// The same, with an index for equality.
            case search(String)
            /// What the table makes of a row; see ``HubTable/expand``.
            case made
        }

        package let name: String
        package let kind: Kind
        /// What it says, for people.
        package let about: String
        let source: Source

        init(_ name: String, _ kind: Kind, _ source: Source, _ about: String) {
            self.name = name
            self.kind = kind
            self.source = source
            self.about = about
        }
    }

    /// Makes rows of one row of a file.
    ///
    /// It gets the statement, which begins with the columns ``raw``, and a count for its own use, which starts at 0 with each
    /// file. It returns the values of the columns that are `made`, in their order.
    typealias Expansion = @Sendable (Statement, inout RowNumbers) throws(StorageError) -> [[SQLValue]]

    package let name: String
    /// What its rows are, for people.
    package let about: String
    package let columns: [Column]
    /// The columns that tell one row from every other. SQLite needs them where a row can be found in two ways.
    let key: [Int]
    /// The tables of a file that it reads, with their aliases. There is no order: SQLite would sort whole rows.
    let from: String
    /// Expressions for ``expand``.
    var raw: [String] = []
    var expand: Expansion?
    /// The column with the instance's ID, which tells the partition.
    let instanceColumn: Int?

    init(
        _ name: String, _ about: String, _ columns: [Column], key: [String], from: String, raw: [String] = [],
        expand: Expansion? = nil
    ) {
        self.name = name
        self.about = about
        self.columns = columns
        self.key = columns.indices.filter { key.contains(columns[$0].name) }
        self.from = from
        self.raw = raw
        self.expand = expand
        instanceColumn = columns.firstIndex { column in
            if case .search = column.source { column.name == "instance_id" } else { false }
        }
    }

    /// The columns that a search can begin with, at most four, in order.
    var searchable: [Int] {
        columns.indices.filter { index in
            switch columns[index].source {
            case .partition, .search: true
            case .sql, .made: false
            }
        }
    }

    /// The statement with which SQLite learns the columns.
    var declaration: String {
        let columns = columns.map { column in
            switch column.kind {
            case .integer: "\(column.name) INTEGER"
            case .text, .time: "\(column.name) TEXT"
            // The word TEXT makes SQLite compare it as text.
            case .json: "\(column.name) JSON TEXT"
            }
        }
        let key = key.map { self.columns[$0].name }.joined(separator: ", ")
        // There are no row numbers that would be the same in every scan.
        return "CREATE TABLE x(\(columns.joined(separator: ", ")), PRIMARY KEY (\(key))) WITHOUT ROWID"
    }
}

/// Numbers the rows of one instance's generation while a table is read in their order.
struct RowNumbers {
    private var instance: Int64?
    private var generation: Int64?
    private var next: Int64 = 0

    /// The number of the next row of a generation, from 0.
    mutating func number(instance: Int64, generation: Int64) -> Int64 {
        if instance != self.instance || generation != self.generation {
            (self.instance, self.generation, next) = (instance, generation, 0)
        }
        defer { next += 1 }
        return next
    }
}
