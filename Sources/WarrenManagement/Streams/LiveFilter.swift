#if HTTP
/// Selects events of a stream for one reader. Absent conditions always hold.
struct LiveFilter: Sendable {
    var instanceID: String?
    var name: String?
    /// The statuses, or levels.
    var words: Set<String>?

    func passes(_ event: LiveEvent) -> Bool {
        if let instanceID, event.instanceID != instanceID { return false }
        if let name, event.name != name { return false }
        return words?.contains(event.word) ?? true
    }
}
#endif
