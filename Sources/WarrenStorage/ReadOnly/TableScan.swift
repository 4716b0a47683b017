import Warren
import WarrenSupport

/// A plan of reading a table: the columns that are wanted, and those with given values. SQLite keeps it as a number
/// between planning and running a query.
struct TableScan: Hashable {
    /// One bit for each column of the table.
    var wanted: UInt32
    /// One bit for each of the table's searchable columns.
    var given: UInt32

    private static let givenBits: UInt32 = 4
    /// The number of columns that a table may have.
    static let mostColumns = Int(32 - givenBits)

    init(wanted: UInt32, given: UInt32) {
        self.wanted = wanted
        self.given = given
    }

    init(number: Int32) {
        let bits = UInt32(bitPattern: number)
        wanted = bits >> Self.givenBits
        given = bits & (1 << Self.givenBits - 1)
    }

    var number: Int32 { Int32(bitPattern: wanted << Self.givenBits | given) }

    func wants(_ column: Int) -> Bool { wanted & 1 << UInt32(clamping: column) != 0 }

    func gives(_ searchable: Int) -> Bool { given & 1 << UInt32(clamping: searchable) != 0 }
}

/// The statement that reads a table from one file, and where the values of its rows are.
struct TableStatement {
    let sql: String
    /// The statement's column for each column of the table that the file holds and the scan wants.
    let places: [Int: Int32]

    /// - Parameter conditions: the columns that must equal the statement's parameters, in their order.
    init(_ table: HubTable, _ scan: TableScan, conditions: [Int]) {
        var selected = table.raw
        var places: [Int: Int32] = [:]
        for (index, column) in table.columns.enumerated() where scan.wants(index) {
            guard let expression = column.expression else { continue }
            places[index] = Int32(clamping: selected.count)
            selected.append(expression)
        }
        var sql = "SELECT \(selected.isEmpty ? "1" : selected.joined(separator: ", ")) FROM \(table.from)"
        let expressions = conditions.compactMap { table.columns[$0].expression }
        for (index, expression) in expressions.enumerated() {
            sql += "\(index == 0 ? " WHERE" : " AND") \(expression) = ?\(index + 1)"
        }
        self.sql = sql
        self.places = places
    }
}

extension HubTable.Column {
    /// The expression over a file's tables; `nil` for what no file holds.
    fileprivate var expression: String? {
        switch source {
        case .sql(let expression), .search(let expression): expression
        case .partition, .made: nil
        }
    }
}
