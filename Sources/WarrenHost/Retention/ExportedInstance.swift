import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Writes an ended instance as a line of an export: with all payloads, and the history of its last generation.
struct ExportedInstance {
    /// The number of bytes of the history that are read at once.
    private static let pageBytes = 1 << 20

    private let record: InstanceRecord
    private let store: any PartitionStore
    private let setup: PartitionSetup

    init(_ record: InstanceRecord, in store: any PartitionStore, _ setup: PartitionSetup) {
        self.record = record
        self.store = store
        self.setup = setup
    }

    /// Writes the line, without its line feed.
    ///
    /// - Throws: `StorageError`. A history that cannot be read is left out, and the line says so.
    func write(to sink: inout ExportFile.Sink) throws {
        var shown = record
        shown.input = try whole(record.input)
        shown.output = try record.output.map(whole)
        let status = setup.wire.status(of: shown, waits: OpenWaits(of: record))
        try sink.put(ExportLine.opening(status, hub: setup.configuration.hub) + ",\"historyEvents\":[")
        do {
            try writeHistory(to: &sink)
            try sink.put("]}")
        } catch let error as StorageError where error.reach == .unit {
            try sink.put("],\"historyOmitted\":\(JSONText.quoted("\(error)"))}")
        }
    }

    private func writeHistory(to sink: inout ExportFile.Sink) throws {
        var next = 0
        var isFirst = true
        while next < record.episodes {
            guard let view = try store.view(of: record.instanceID, from: next, bytes: Self.pageBytes),
                view.record.executionID == record.executionID, !view.episodes.isEmpty
            else { throw StorageError(.damagedRow, "Episode \(next) is not there.", instance: record.key) }
            for episode in view.episodes {
                var events: [HistoryEvent]
                do {
                    events = try HistoryCodec.decode(episode)
                } catch {
                    throw StorageError(.damagedRow, "The history cannot be read: \(error)", instance: record.key)
                }
                if let payloads = setup.payloads { events = try payloads.claim(events, of: record.instanceID) }
                for event in events {
                    if !isFirst { try sink.put(",") }
                    isFirst = false
                    try sink.put(bytes: event.traced(record.trace).jsonObject.bytes)
                }
            }
            next = view.next
        }
    }

    /// The payload itself, for a reference to the payload folder.
    private func whole(_ payload: Payload) throws(StorageError) -> Payload {
        guard let payloads = setup.payloads else { return payload }
        return try payloads.claim(payload, of: record.instanceID)
    }
}
