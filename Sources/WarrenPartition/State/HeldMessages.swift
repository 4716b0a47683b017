import DequeModule
package import Warren

/// The messages that wait, by number and by what they wait for. Their bodies are in the store; only the bodies from
/// commits that are not durable yet are here.
package struct HeldMessages {
    private var byID: [Int64: HeldEntry] = [:]
    /// In order of arrival.
    private var bySubject: [ExactText: Deque<Int64>] = [:]
    private var bodies: [Int64: [UInt8]] = [:]

    package init() {}

    /// The number of messages that wait.
    package var count: Int { byID.count }
    /// The space that they take in the store, in bytes.
    package private(set) var bytes = 0
    /// The space that they take in memory, in bytes.
    package var bytesInMemory: Int { bodies.values.reduce(0) { $0 + $1.count } }

    /// The number of the requests in queues of entities, and their size in bytes: both are among the numbers above.
    package private(set) var queued = 0
    package private(set) var queuedBytes = 0

    package subscript(id: Int64) -> HeldEntry? { byID[id] }

    package mutating func insert(_ entry: HeldEntry) {
        byID[entry.id] = entry
        let subject = ExactText(entry.subject)
        // The numbers rise: an earlier one than the last is found only where a partition is recovered.
        if let last = bySubject[subject]?.last, last > entry.id {
            let place = bySubject[subject]?.firstIndex { $0 > entry.id } ?? 0
            bySubject[subject]?.insert(entry.id, at: place)
        } else {
            bySubject[subject, default: []].append(entry.id)
        }
        bytes += entry.size
        countQueued(entry, 1)
    }

    private mutating func countQueued(_ entry: HeldEntry, _ sign: Int) {
        guard HeldSubject.entity(queueing: entry.subject) != nil else { return }
        queued += sign
        queuedBytes += sign * entry.size
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
        countQueued(entry, -1)
        let subject = ExactText(entry.subject)
        if bySubject[subject]?.first == entry.id {
            bySubject[subject]?.removeFirst()
        } else if let place = bySubject[subject]?.firstIndex(of: entry.id) {
            bySubject[subject]?.remove(at: place)
        }
        if bySubject[subject]?.isEmpty == true { bySubject[subject] = nil }
    }

    /// The number of messages that wait for a subject.
    package func count(for subject: String) -> Int { bySubject[ExactText(subject)]?.count ?? 0 }

    /// Returns the messages that wait for a subject, in order of arrival.
    ///
    /// - Parameter most: the maximum number; the first ones are returned.
    package func messages(for subject: String, most: Int = .max) -> [HeldEntry] {
        guard let ids = bySubject[ExactText(subject)] else { return [] }
        return ids.prefix(most).compactMap { byID[$0] }
    }
}
