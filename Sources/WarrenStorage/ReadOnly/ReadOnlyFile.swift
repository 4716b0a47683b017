import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One partition's file, opened to be read as of one moment, by one thread.
///
/// A file with a write-ahead log is read beside its host, as the host's own readers do it. A file without one belongs to no
/// running host: it is read without locks, because every other way would leave two files beside it. If a host starts
/// meanwhile, ``checkUnchanged()`` tells.
final class ReadOnlyFile {
    private struct State: Equatable {
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
        var logSize: Int64
    }

    let partition: Int
    let partitionCount: Int
    let path: String
    let connection: Connection
    private let before: State
    private let isImmutable: Bool
    /// Statements that no cursor uses at present, by their text.
    private var statements: [String: Statement] = [:]
    private static let mostStatements = 32

    /// - Throws: ``StorageError`` if the file is not that of the hub's partition, is damaged, or is of a newer version.
    init(path: String, hub: String, partition: Int, end: ReadEnd) throws(StorageError) {
        before = try Self.state(path)
        isImmutable = before.logSize == 0
        connection = try Connection(path: path, mode: isImmutable ? .immutable : .readOnly)
        connection.heed(end)
        try SchemaVersion.check(connection)
        // A query may have a hundred files open: 1 MiB of cache each.
        try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -1024; BEGIN")
        // The first read fixes the moment as of which all later ones see the file.
        let header = try connection.prepare("SELECT hub, partition, partition_count FROM header WHERE id = 1")
        let found = try header.first { (row) throws(StorageError) in
            (hub: try row.text(0), partition: row.int(1), count: row.int(2))
        }
        guard let found, found.hub == hub, found.partition == partition else {
            throw StorageError(
                .foreignFile,
                "The file holds "
                    + (found.map { "partition \($0.partition) of hub `\($0.hub)`" } ?? "no partition")
                    + ", not partition \(partition) of hub `\(hub)`. Put it back under its own name.",
                path: path)
        }
        self.path = path
        self.partition = partition
        partitionCount = found.count
    }

    /// A statement for a cursor, prepared if none is free; ``give(_:_:)`` returns it.
    func take(_ sql: String) throws(StorageError) -> Statement {
        if let statement = statements.removeValue(forKey: sql) { return statement }
        return try connection.prepare(sql)
    }

    func give(_ statement: Statement, _ sql: String) {
        statement.reset()
        guard statements.count < Self.mostStatements else { return }
        statements[sql] = statement
    }

    /// - Throws: ``QueryError`` with code `changed` if a host began to write a file that was read without locks.
    func checkUnchanged() throws {
        guard !isUnchanged else { return }
        throw QueryError(
            .changed,
            "A host began to write '\(path)' while it was read, so the result may be wrong. Run the query again.")
    }

    /// Whether what was read is what the file held: always if it is read with its locks.
    var isUnchanged: Bool {
        guard isImmutable else { return true }
        do throws(StorageError) {
            return try Self.state(path) == before
        } catch {
            // A file that is gone is another one.
            return false
        }
    }

    private static func state(_ path: String) throws(StorageError) -> State {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system("The partition's file cannot be examined", path: path) }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        var log = stat()
        let logSize = stat("\(path)-wal", &log) == 0 ? Int64(log.st_size) : 0
        return State(size: Int64(status.st_size), seconds: time.tv_sec, nanoseconds: time.tv_nsec, logSize: logSize)
    }
}
