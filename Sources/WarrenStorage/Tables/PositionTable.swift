import Warren

/// The position of the file in its journal: columns of the header row, all NULL before the first record is applied.
struct PositionTable {
    /// The columns in the order of their parameters, which begin with `?8`; see `HeaderTable`.
    static let assignments = """
        journal_id = ?8, journal_epoch = ?9, journal_claim = ?10, journal_released = ?11, journal_next = ?12,
        journal_offset = ?13, journal_at = ?14, journal_bytes = ?15, journal_saved_bytes = ?16, journal_snapshot = ?17
        """
    /// The limit of everything that is counted. Only damage leads to higher numbers.
    private static let highestNumber: Int64 = 1 << 60

    private let select: Statement

    init(_ connection: Connection) throws(StorageError) {
        select = try connection.prepare(
            """
            SELECT journal_id, journal_epoch, journal_claim, journal_released, journal_next, journal_offset, journal_at,
                   journal_bytes, journal_saved_bytes, store_id, journal_snapshot
            FROM header WHERE id = 1
            """)
    }

    /// - Throws: `.corrupt` if what is there is no position of the file's journal.
    func read() throws(StorageError) -> JournalPosition? {
        let path = select.connection.path
        let found = try select.first { (row) throws(StorageError) -> JournalPosition? in
            guard let id = row.optionalBlob(0) else {
                guard (1...8).allSatisfy({ row.optionalInt64($0) == nil }) else { throw Self.nonsense(path) }
                return nil
            }
            guard id.count == 16, let epoch = row.optionalInt64(1), let claim = row.optionalInt64(2),
                let released = row.optionalInt64(3), let next = row.optionalInt64(4),
                let offset = row.optionalInt64(5), let at = row.optionalInt64(6), let bytes = row.optionalInt64(7),
                let savedBytes = row.optionalInt64(8)
            else { throw Self.nonsense(path) }
            var journalID: UInt128 = 0
            for byte in id { journalID = journalID << 8 | UInt128(byte) }
            let position = JournalPosition(
                journalID: journalID, epoch: UInt64(bitPattern: epoch), claim: UInt64(bitPattern: claim),
                isReleased: released == 1, next: UInt64(bitPattern: next), offset: offset,
                at: Timestamp(microseconds: at), bytes: bytes, savedBytes: savedBytes,
                snapshot: try row.optionalText(10) ?? "")
            let counted = 0...Self.highestNumber
            guard [epoch, next, offset, bytes].allSatisfy({ counted.contains($0) }), (0...1).contains(released),
                savedBytes >= 0, savedBytes <= bytes,
                try row.text(9) == PartitionIdentity.storeID(ofJournal: position.journalID)
            else { throw Self.nonsense(path) }
            return position
        }
        return found ?? nil
    }

    /// Binds the parameters of ``assignments``.
    static func bind(_ position: JournalPosition, to statement: Statement) {
        let id = (0..<16).map { UInt8(truncatingIfNeeded: position.journalID >> UInt128(8 * (15 - $0))) }
        statement.bind(8, blob: id)
        statement.bind(9, Int64(bitPattern: position.epoch))
        statement.bind(10, Int64(bitPattern: position.claim))
        statement.bind(11, position.isReleased ? 1 as Int64 : 0)
        statement.bind(12, Int64(bitPattern: position.next))
        statement.bind(13, position.offset)
        statement.bind(14, position.at)
        statement.bind(15, position.bytes)
        statement.bind(16, position.savedBytes)
        statement.bind(17, position.snapshot)
    }

    private static func nonsense(_ path: String) -> StorageError {
        StorageError(
            .corrupt,
            "The file's position in its journal makes no sense. Move the file away: the host fills a new one from the "
                + "journal.",
            path: path)
    }
}
