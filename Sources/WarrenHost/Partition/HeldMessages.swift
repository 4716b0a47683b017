import WarrenStorage

/// The messages that wait, by number and by what they wait for.
struct HeldMessages {
    private var byID: [Int64: HeldMessage] = [:]
    private var bySubject: [String: Set<Int64>] = [:]

    subscript(id: Int64) -> HeldMessage? { byID[id] }

    mutating func insert(_ message: HeldMessage) {
        byID[message.id] = message
        bySubject[message.subject, default: []].insert(message.id)
    }

    mutating func remove(_ message: HeldMessage) {
        byID[message.id] = nil
        bySubject[message.subject]?.remove(message.id)
        if bySubject[message.subject]?.isEmpty == true { bySubject[message.subject] = nil }
    }

    /// What waits for a subject, in order of arrival.
    func messages(for subject: String) -> [HeldMessage] {
        guard let ids = bySubject[subject] else { return [] }
        return ids.sorted().compactMap { byID[$0] }
    }
}
