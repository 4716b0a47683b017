import Synchronization
import Warren
import WarrenPartition

/// The destinations to which the partitions of a host cannot send at present, for people.
final class ParkedDestinations: Sendable {
    /// One such destination.
    struct Entry: Sendable, Hashable {
        var destination: String
        var reason: String
        var since: Timestamp
        /// The number of rows of outboxes that wait for it.
        var rows: Int
    }

    private let entries = Mutex<[Int: [Entry]]>([:])

    /// All entries, the longest first; a destination of several partitions appears once.
    var all: [Entry] {
        var merged: [String: Entry] = [:]
        for entry in entries.withLock({ $0.values.flatMap(\.self) }) {
            guard var known = merged[entry.destination] else {
                merged[entry.destination] = entry
                continue
            }
            known.rows += entry.rows
            if entry.since < known.since { (known.since, known.reason) = (entry.since, entry.reason) }
            merged[entry.destination] = known
        }
        return merged.values.sorted { ($0.since, $0.destination) < ($1.since, $1.destination) }
    }

    /// Replaces the report of a partition.
    func report(_ parked: [OutboxParking.Report], of partition: Int) {
        entries.withLock { entries in
            if parked.isEmpty, entries.isEmpty { return }
            entries[partition] =
                parked.isEmpty
                ? nil
                : parked.map {
                    Entry(destination: "\($0.destination)", reason: $0.reason, since: $0.since, rows: $0.rows)
                }
        }
    }
}
