import Warren

/// Writes messages that wait until something exists.
struct HeldTable {
    private let insert: Statement
    private let remove: Statement

    init(_ connection: Connection) throws(StorageError) {
        insert = try connection.prepare(
            "INSERT INTO held (id, subject, expires_at, checksum, message) VALUES (?1, ?2, ?3, ?4, ?5)")
        remove = try connection.prepare("DELETE FROM held WHERE id = ?1")
    }

    func insert(_ message: HeldMessage) throws(StorageError) {
        insert.bind(1, message.id)
        insert.bind(2, message.subject)
        insert.bind(3, message.expiresAt)
        insert.bind(4, message.checksum)
        try insert.run(blob: message.message, at: 5)
    }

    func remove(_ id: Int64) throws(StorageError) {
        remove.bind(1, id)
        try remove.run()
    }
}

extension HeldMessage {
    var checksum: Int64 {
        Checksum.of(message, seed: id, expiresAt.microseconds, Checksum.of(Array(subject.utf8), seed: []))
    }

    /// The checksum that earlier versions wrote: of the message alone.
    var checksumOfMessage: Int64 { Checksum.of(message, seed: id) }

    func isIntact(_ checksum: Int64) -> Bool { checksum == self.checksum || checksum == checksumOfMessage }
}
