import AMQPMessages

/// A stream of a simulated broker: what is stored stays, at its place.
final class SimStream {
    let name: String
    let partition: Int
    private(set) var records: [InboundMessage] = []
    private var tails: [SimTail] = []
    /// Called with every record that is stored.
    var onStored: (_ offset: Int64, _ body: [UInt8]) -> Void = { _, _ in }
    var entity: String { "journal-\(partition)" }

    init(_ name: String, partition: Int) {
        self.name = name
        self.partition = partition
    }

    func store(_ message: OutboundMessage) {
        let offset = Int64(records.count)
        var record = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        record.streamOffset = offset
        records.append(record)
        onStored(offset, message.body)
        for tail in tails { tail.deliverLater() }
    }

    func add(_ tail: SimTail) { tails.append(tail) }

    func remove(_ tail: SimTail) { tails.removeAll { $0 === tail } }
}
