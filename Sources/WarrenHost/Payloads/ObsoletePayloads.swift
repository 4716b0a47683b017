import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// The payloads that nothing needs any more when an instance is purged.
///
/// Another start of the same ID may be on its way, or taken already, with a payload that its client has stored. A payload is
/// therefore obsolete only if the purged instance names it, and if it was not stored again after the instance had taken it.
/// The others stay until a sweep finds that they are old and that nothing names them.
struct ObsoletePayloads: Sendable {
    let instanceID: String
    /// For each digest, the time before which the payload was stored last if it is obsolete.
    private(set) var times: [String: Timestamp] = [:]

    /// The time after an instance's end within which its last payloads were stored, clocks of machines included.
    private static let margin = Duration.seconds(60)
    /// The time by which the clocks of files and hosts may differ.
    private static let precision = Duration.seconds(1)
    /// The number of bytes of a history that are read. What the rest names is left to a sweep.
    private static let mostBytes = 1 << 20

    /// Reads the payloads that an instance names.
    ///
    /// - Returns: `nil` if the instance is not stored yet.
    init?(of instance: PurgedInstance, in store: any PartitionStore) throws {
        instanceID = instance.instanceID
        guard let view = try store.view(of: instance.instanceID, from: 0, bytes: Self.mostBytes),
            view.record.key == instance.key
        else { return nil }
        // Another instance of the same ID may already have stored payloads of the same bytes, in the same step even.
        let end = min(
            instance.lastUpdatedAt.advanced(by: Self.margin), instance.purgedAt.advanced(by: .zero - Self.precision))
        add(view.record.output, before: end)
        add(view.record.customStatus, before: end)
        var began: Timestamp?
        for episode in view.episodes {
            for event in try HistoryCodec.decode(episode) {
                switch event {
                case .orchestratorStarted(let time): began = time
                // Others have stored these, and may have stored the same again for another start.
                case .executionStarted: add(event.payload, before: view.record.createdAt)
                case .eventRaised: add(event.payload, before: began ?? view.record.createdAt)
                default: add(event.payload, before: end)
                }
            }
        }
    }

    private mutating func add(_ payload: Payload?, before time: Timestamp) {
        guard let digest = payload.flatMap(PayloadReference.init)?.digest else { return }
        times[digest] = min(times[digest] ?? time, time)
    }
}
