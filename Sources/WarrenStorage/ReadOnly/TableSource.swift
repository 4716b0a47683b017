import Warren

/// A table and the files that it is read from. Used by one thread.
final class TableSource {
    let table: HubTable
    let files: [ReadOnlyFile]
    let problem: QueryProblem

    init(_ table: HubTable, files: [ReadOnlyFile], problem: QueryProblem) {
        self.table = table
        self.files = files
        self.problem = problem
    }
}

/// The error that ended a query: SQLite hands only a number from a table to its caller.
final class QueryProblem {
    var error: StorageError?
    /// Whether the statement asked for something that is not allowed.
    var isDenied = false
}
