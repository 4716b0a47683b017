import AMQP

/// What an owner queue holds, as far as it has been read; and whose the partition is by that. Pure.
struct OwnerLedger {
    struct Entry: Hashable {
        var id: String
        var tag: DeliveryTag
        var record: OwnerRecord
        /// How often the broker has delivered it before, if it says so.
        var deliveries: Int64
    }

    /// Records in the order of the queue.
    private(set) var records: [Entry] = []
    /// What may go: probes of readers that are gone, and what does not belong there.
    private(set) var obsoleteTags: [DeliveryTag] = []
    private var seen: Set<String> = []
    private var channel: UInt64?

    /// Takes what was delivered.
    mutating func add(_ messages: [InboundMessage]) {
        for message in messages {
            // Another channel: everything is delivered anew, from the first on.
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

    /// Whether a message has come, and with it everything before it.
    func hasSeen(_ id: String) -> Bool { seen.contains(id) }

    /// The record that counts: the first in the queue.
    ///
    /// - Parameter storeID: whose claim it is about; with `replacingVolatile`, records of other stores that were in memory
    ///   do not count against it.
    func deciding(for storeID: String, replacingVolatile: Bool) -> Entry? {
        records.first { !(replacingVolatile && $0.record.isVolatile && $0.record.storeID != storeID) }
    }

    init() {}

    private init(channel: UInt64) { self.channel = channel }
}
