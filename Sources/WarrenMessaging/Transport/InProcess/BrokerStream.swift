import AMQPMessages
import DequeModule

/// A stream of the in-process broker: records with rising offsets, which reading does not take away.
///
/// With `x-max-length-bytes` the oldest records are removed one by one, as soon as the bodies are larger together; the
/// newest one stays. RabbitMQ removes whole segments, later.
struct BrokerStream {
    /// The maximum number of records, and of their bytes beyond the first record, in a batch.
    static let batchLimit = (records: 300, bytes: 8 << 20)

    /// The numbers of the readers.
    var readers: Set<Int> = []
    /// Records that a fault holds back, with the publishes that wait for them.
    var delayed: [(InboundMessage, BrokerQueue.Receipt)] = []

    private var records: Deque<InboundMessage> = []
    private var bytes = 0
    private let byteLimit: Int
    /// The offset of the oldest record that is kept.
    private(set) var first: Int64 = 0

    init(arguments: FieldTable) {
        byteLimit = arguments["x-max-length-bytes"]?.integer.map { Int(clamping: $0) } ?? .max
    }

    var count: Int { records.count }

    /// The offset of the next record.
    var end: Int64 { first + Int64(records.count) }

    mutating func append(_ message: InboundMessage) {
        var record = message
        record.streamOffset = end
        records.append(record)
        bytes += record.body.count
        while bytes > byteLimit, records.count > 1, let oldest = records.popFirst() {
            bytes -= oldest.body.count
            first += 1
        }
    }

    /// The offset at which a reader begins.
    func offset(of start: StreamStart) -> Int64 {
        switch start {
        case .first: first
        case .last: max(first, end - 1)
        case .next: end
        case .offset(let offset): max(first, offset)
        }
    }

    /// A batch of records from an offset on; empty if there are none yet.
    func batch(from offset: Int64, atMost limit: Int) -> [InboundMessage] {
        let offset = max(first, offset)
        guard offset < end else { return [] }
        var batch: [InboundMessage] = []
        var bytes = 0
        for record in records[Int(offset - first)...].prefix(min(limit, Self.batchLimit.records)) {
            bytes += record.body.count
            if !batch.isEmpty && bytes > Self.batchLimit.bytes { break }
            batch.append(record)
        }
        return batch
    }
}
