import Warren
import WarrenStorage

/// The messages that wait, by number and by what they wait for.
struct HeldMessages {
    private var byID: [Int64: HeldMessage] = [:]
    private var bySubject: [ExactText: Set<Int64>] = [:]

    subscript(id: Int64) -> HeldMessage? { byID[id] }

    mutating func insert(_ message: HeldMessage) {
        byID[message.id] = message
        bySubject[ExactText(message.subject), default: []].insert(message.id)
    }

    mutating func remove(_ message: HeldMessage) {
        byID[message.id] = nil
        let subject = ExactText(message.subject)
        bySubject[subject]?.remove(message.id)
        if bySubject[subject]?.isEmpty == true { bySubject[subject] = nil }
    }

    /// What waits for a subject, in order of arrival.
    func messages(for subject: String) -> [HeldMessage] {
        guard let ids = bySubject[ExactText(subject)] else { return [] }
        return ids.sorted().compactMap { byID[$0] }
    }
}
