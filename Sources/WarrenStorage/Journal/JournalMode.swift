import Warren

/// The kind of partition that is opened: a file of one kind is never taken for the other.
package enum JournalMode: Sendable, Hashable {
    /// The file is the only place of its data. A new one gets an identity of its own.
    case none
    /// The file exists and is a copy of a journal, whichever it is.
    case existing
    /// The file is a copy of this journal. A new one begins before the journal's first record.
    case create(JournalIdentity)

    /// Refuses a file of the other kind.
    ///
    /// - Parameter storeID: that of the file.
    func check(_ storeID: String, path: String) throws(StorageError) {
        let isJournalled = PartitionIdentity.isJournalled(storeID)
        let message: String
        switch self {
        case .none:
            guard isJournalled else { return }
            message =
                "The file belongs to a hub with durability `journal`, and this host opens it with durability `local`. "
                + "Configure durability `journal`, or use another data directory."
        case .existing where isJournalled: return
        case .create(let journal) where storeID == PartitionIdentity.storeID(ofJournal: journal.id): return
        case .create where isJournalled:
            message =
                "The file holds another journal of the partition than the broker has: \(storeID). The broker's was "
                + "deleted and made anew, or this is another broker. Connect to the broker of the file's journal, or "
                + "use another data directory: the host fills it from the journal."
        case .existing, .create:
            message =
                "The file holds a partition without a journal, and the hub has durability `journal`. Use another data "
                + "directory, which the host fills from the journal, or configure durability `local`, if it is that of "
                + "the file's hub. If 'warren hub journal' was interrupted for this directory, run it again."
        }
        throw StorageError(.foreignFile, message, path: path)
    }
}
