/// The room of a partition's journal for further work: the broker removes its beginning when it is full, and what has no
/// snapshot must not be removed. Pure.
///
/// - From half of the journal on, nothing new is taken in, so that what is under way has the other half.
/// - From three quarters on, nothing is appended but what ends that: claims, and the record of a snapshot.
///
/// Work is taken in again below three eighths: a snapshot is due before.
enum JournalRoom: Sendable, Hashable {
    case ample
    /// What is under way goes on; nothing new is taken in.
    case scarce
    /// Commits wait.
    case full

    /// - Parameters:
    ///   - unsaved: the bytes behind the newest snapshot.
    ///   - limit: the size of the journal in the broker.
    func with(_ unsaved: Int64, of limit: Int64) -> JournalRoom {
        if unsaved >= Self.mostUnsaved(of: limit) { return .full }
        if unsaved >= limit / 2 { return .scarce }
        return self == .ample || unsaved < limit / 8 * 3 ? .ample : .scarce
    }

    /// The size of unsaved records from which on commits wait.
    static func mostUnsaved(of limit: Int64) -> Int64 { limit / 4 * 3 }
}
