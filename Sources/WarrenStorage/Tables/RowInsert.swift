import Warren

/// Inserts rows that end with a blob, several of them in one run of a statement.
///
/// A run opens a cursor for the table and one for each of its indexes, and gives back all its memory at its end: for rows
/// of some hundred bytes that costs more than the rows.
struct RowInsert<Row> {
    /// The number of rows that one run inserts.
    static var rowsAtOnce: Int { 8 }
    /// A larger row is inserted by itself: SQLite reads its blob where it is, and nothing copies it.
    static var smallBytes: Int { 1 << 10 }

    /// Binds the columns of integers, from a parameter on.
    typealias Integers = (Row, Statement, _ first: Int32) -> Void

    private let single: Statement
    private let several: Statement
    private let width: Int32
    private let integers: Integers
    private let blob: (Row) -> [UInt8]

    /// - Parameters:
    ///   - table: the name of the table.
    ///   - columns: the columns of integers, then the one of the blob.
    init(
        into table: String, columns: [String], on connection: Connection, integers: @escaping Integers,
        blob: @escaping (Row) -> [UInt8]
    ) throws(StorageError) {
        let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        // FAIL keeps the rows before the one that fails, so that their number tells which one that is.
        let insert = "INSERT OR FAIL INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
        single = try connection.prepare(insert + row)
        several = try connection.prepare(
            insert + repeatElement(row, count: Self.rowsAtOnce).joined(separator: ", "))
        width = Int32(clamping: columns.count)
        self.integers = integers
        self.blob = blob
    }

    /// Inserts rows.
    ///
    /// - Parameter resolve: called for a row with the key of another one: it makes room and inserts the row with
    ///   `insert`, or throws.
    func insert(_ rows: [Row], resolve: (Row) throws(StorageError) -> Void) throws(StorageError) {
        // Rows that are inserted together once there are enough of them.
        var group: [Row] = []
        for row in rows {
            guard rows.count >= Self.rowsAtOnce, blob(row).count <= Self.smallBytes else {
                if try !insert(row) { try resolve(row) }
                continue
            }
            group.append(row)
            guard group.count == Self.rowsAtOnce else { continue }
            let inserted = try insertTogether(group)
            if inserted < group.count {
                try resolve(group[inserted])
                for row in group[(inserted + 1)...] { if try !insert(row) { try resolve(row) } }
            }
            group.removeAll(keepingCapacity: true)
        }
        for row in group { if try !insert(row) { try resolve(row) } }
    }

    /// Inserts a row.
    ///
    /// - Returns: whether its place was free.
    func insert(_ row: Row) throws(StorageError) -> Bool {
        integers(row, single, 1)
        let blob = blob(row)
        if blob.count > Self.smallBytes { return try single.runUntilConflict(blob: blob, at: width) == 1 }
        single.bind(width, blob: blob)
        return try single.runUntilConflict() == 1
    }

    /// - Returns: the number of rows that were inserted before the first conflict.
    private func insertTogether(_ rows: [Row]) throws(StorageError) -> Int {
        var first: Int32 = 1
        for row in rows {
            integers(row, several, first)
            several.bind(first + width - 1, blob: blob(row))
            first += width
        }
        return Int(try several.runUntilConflict())
    }
}
