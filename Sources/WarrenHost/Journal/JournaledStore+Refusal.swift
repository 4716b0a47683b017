import Synchronization
import Warren

/// Knows a record that counts and that the file does not take.
extension JournaledStore {
    /// The offset of the record that the file did not take because it breaks a rule; `nil` if there is none.
    var refusedRecord: Int64? { state.withLock { $0.refusedAt.map { $0 - 1 } } }

    /// Handles that a record was not applied.
    func notApplied(_ position: JournalPosition, _ error: StorageError) {
        if error.code == .misuse {
            state.withLock { $0.refusedAt = $0.refusedAt ?? position.offset }
        }
        fail(error)
    }
}
