import Warren
import WarrenStorage
import WarrenSupport

/// The commits that the host had acknowledged and that a partition's file lacks.
struct CommitGap: Sendable {
    var partition: Int
    /// The last commit in the file; `nil` if the file was made anew.
    var found: CommitMark?
    /// The last commit that it once had.
    var noted: CommitMark
    /// The place where that is noted, for people.
    var place: String

    /// Describes the gap in one sentence for people.
    var description: String {
        let had = "commit \(noted.number) of \(ISO8601.text(noted.time)) had been acknowledged (\(place))"
        guard let found, found.number > 0 else {
            return
                "partition \(partition): the file is new or empty, but \(had): all \(noted.number) commits are missing"
        }
        return "partition \(partition): the file ends with commit \(found.number) of \(ISO8601.text(found.time)), but "
            + "\(had): \(noted.number - found.number) commits are missing"
    }

    static func refusal(_ gaps: [CommitGap]) -> HostError {
        HostError(
            .storage,
            "The data directory is older than what this hub has acknowledged: "
                + gaps.map(\.description).joined(separator: "; ")
                + ". Put the newest files in place (a backup is older than the newest state; a write-ahead log '-wal' "
                + "belongs to its file). If what is missing is lost for good, start once with 'storage.acceptOlder' in the "
                + "host's configuration (--accept-older-store of the samples): instances go on from what there is, and what "
                + "came later may run again.")
    }
}

/// Records a partition file's last commit outside of the file.
struct CommitLedger: Sendable {
    let record: FlightRecord
    let partition: Int

    /// Returns what the file lacks, according to the host's own record.
    func gap(of store: any PartitionStore) -> CommitGap? {
        guard let before = store.commitBeforeOpening, let noted = record.commit(of: partition) else { return nil }
        let isSame = noted.store == Self.hash(store.identity.storeID)
        // Another store, moved here from elsewhere, has its own count; a new one has nothing.
        guard isSame ? noted.mark.number > before.number : before.number == 0 && store.identity.epoch == 1 else {
            return nil
        }
        return CommitGap(
            partition: partition, found: isSame ? before : nil, noted: noted.mark,
            place: "by the data directory's '.marks' file")
    }

    /// Notes every durable commit from now on.
    func follow(_ store: any PartitionStore) {
        guard let last = store.lastCommit else { return }
        let id = Self.hash(store.identity.storeID)
        record.restart(last, of: id, partition: partition)
        store.mirrorCommits { [record, partition] mark in record.note(mark, of: id, partition: partition) }
    }

    private static func hash(_ storeID: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in storeID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
