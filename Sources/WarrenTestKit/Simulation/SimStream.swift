import AMQPMessages

/// A stream of a simulated broker: what is stored stays, at its place, until the beginning is cut off.
final class SimStream {
    let name: String
    let partition: Int
    let entity: String
    /// All records that were ever stored; those before `first` are gone.
    private(set) var records: [InboundMessage] = []
    /// The offset of the first record that is kept.
    private(set) var first = 0
    private var tails: [SimTail] = []
    /// Called with every record that is stored.
    var onStored: (_ offset: Int64, _ body: [UInt8]) -> Void = { _, _ in }

    init(_ name: String, partition: Int, kind: String = "journal") {
        self.name = name
        self.partition = partition
        entity = "\(kind)-\(partition)"
    }

    func store(_ message: OutboundMessage) {
        let offset = Int64(records.count)
        var record = InboundMessage(message)
        record.streamOffset = offset
        records.append(record)
        onStored(offset, message.body)
        for tail in tails { tail.deliverLater() }
    }

    /// Removes what is before an offset.
    func cut(before offset: Int) { first = max(first, min(offset, records.count - 1)) }

    func add(_ tail: SimTail) { tails.append(tail) }

    func remove(_ tail: SimTail) { tails.removeAll { $0 === tail } }

    /// Ends the readers, because the stream is deleted.
    func end() {
        for tail in tails { tail.end() }
        tails = []
    }
}
