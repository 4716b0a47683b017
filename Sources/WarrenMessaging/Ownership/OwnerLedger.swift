import AMQPMessages

/// The messages of an owner queue that have been read so far, and the owner of the partition that they determine. Pure.
struct OwnerLedger {
    struct Entry: Hashable {
        var id: String
        var tag: DeliveryTag
        var record: OwnerRecord
        /// The number of earlier deliveries by the broker, if the broker reports it.
        var deliveries: Int64
    }

    /// Records in the order of the queue.
    private(set) var records: [Entry] = []
    /// Deliveries that may be removed: probes of readers that are gone, and messages that do not belong in the queue.
    private(set) var obsoleteTags: [DeliveryTag] = []
    private var seen: Set<String> = []
    private var channel: UInt64?

    /// Adds delivered messages.
    mutating func add(_ messages: [InboundMessage]) {
        for message in messages {
            // On another channel everything is delivered anew, from the first message on.
            if message.tag.channel != channel { self = OwnerLedger(channel: message.tag.channel) }
            let id = message.properties.messageID ?? ""
            seen.insert(id)
            switch OwnerCodec.decode(message) {
            case .record(let record):
                let deliveries = message.properties.headers["x-delivery-count"]?.integer ?? 0
                records.append(Entry(id: id, tag: message.tag, record: record, deliveries: deliveries))
            case .probe, .foreign: obsoleteTags.append(message.tag)
            }
        }
    }

    /// Whether a message, and with it every message before it, has been delivered.
    func hasSeen(_ id: String) -> Bool { seen.contains(id) }

    /// The record that decides: the first in the queue.
    ///
    /// - Parameter storeID: the store that claims the partition; with `replacingVolatile`, records of other stores that
    ///   were in memory are not counted against it.
    func deciding(for storeID: String, replacingVolatile: Bool) -> Entry? {
        records.first { !(replacingVolatile && $0.record.isVolatile && $0.record.storeID != storeID) }
    }

    init() {}

    private init(channel: UInt64) { self.channel = channel }
}
