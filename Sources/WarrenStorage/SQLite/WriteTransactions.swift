import Warren

/// The write transactions of a connection that has many, with statements that are prepared once.
struct WriteTransactions {
    private let connection: Connection
    private let begin: Statement
    private let commit: Statement

    init(_ connection: Connection) throws(StorageError) {
        self.connection = connection
        begin = try connection.prepare(Connection.beginWriting)
        commit = try connection.prepare(Connection.commit)
    }

    /// Runs `body` in a write transaction, as ``Connection/writeTransaction(_:)`` does.
    func run<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
        try connection.transaction(
            begin: { () throws(StorageError) in try begin.run() },
            commit: { () throws(StorageError) in try commit.run() }, body)
    }
}
