package import Warren

/// The messages that wait, by number and by what they wait for. Their bodies are in the store; only the bodies from
/// commits that are not durable yet are here.
package struct HeldMessages {
    private var byID: [Int64: HeldEntry] = [:]
    private var bySubject: [ExactText: Set<Int64>] = [:]
    private var bodies: [Int64: [UInt8]] = [:]

    package init() {}

    /// The number of messages that wait.
    package var count: Int { byID.count }
    /// The space that they take in the store, in bytes.
    package private(set) var bytes = 0
    /// The space that they take in memory, in bytes.
    package var bytesInMemory: Int { bodies.values.reduce(0) { $0 + $1.count } }

    package subscript(id: Int64) -> HeldEntry? { byID[id] }

    package mutating func insert(_ entry: HeldEntry) {
        byID[entry.id] = entry
        bySubject[ExactText(entry.subject), default: []].insert(entry.id)
        bytes += entry.size
    }

    /// Adds a message with a commit on its way.
    package mutating func insert(_ message: HeldMessage) {
        insert(HeldEntry(message))
        bodies[message.id] = message.message
    }

    /// The body of a message with a commit on its way.
    package func body(_ id: Int64) -> [UInt8]? { bodies[id] }

    /// Drops the bodies of messages that are in the store.
    package mutating func stored(_ ids: [Int64]) {
        for id in ids { bodies[id] = nil }
    }

    package mutating func remove(_ entry: HeldEntry) {
        guard byID.removeValue(forKey: entry.id) != nil else { return }
        bodies[entry.id] = nil
        bytes -= entry.size
        let subject = ExactText(entry.subject)
        bySubject[subject]?.remove(entry.id)
        if bySubject[subject]?.isEmpty == true { bySubject[subject] = nil }
    }

    /// Returns the messages that wait for a subject, in order of arrival.
    package func messages(for subject: String) -> [HeldEntry] {
        guard let ids = bySubject[ExactText(subject)] else { return [] }
        return ids.sorted().compactMap { byID[$0] }
    }
}
