import WarrenStorage

/// Prints the rows of a query as they come.
protocol RowFormat {
    /// - Parameter columns: their names; there may be equal ones.
    mutating func begin(_ columns: [String])
    mutating func add(_ row: [SQLValue])
    /// Prints what is still held back.
    ///
    /// - Parameter isComplete: whether all rows were given.
    mutating func end(isComplete: Bool)
}
