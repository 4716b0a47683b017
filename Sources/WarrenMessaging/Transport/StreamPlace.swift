import AMQPMessages
import Synchronization

/// The place of a reader in a stream over RabbitMQ, which a new consumer continues from.
///
/// Deliveries are noted when they arrive, because those that wait for the reader survive a lost connection, and again
/// when they are read, where repetitions are left out.
final class StreamPlace: Sendable {
    static let header = "x-stream-offset"

    private let start: StreamStart
    /// The highest offset that was delivered, and the highest one that was read.
    private let offsets: Mutex<(delivered: Int64?, read: Int64?)>

    init(_ start: StreamStart) {
        self.start = start
        // RabbitMQ filters the first chunk itself; the number holds for a broker that does not.
        if case .offset(let first) = start, first > 0 {
            offsets = Mutex((nil, first - 1))
        } else {
            offsets = Mutex((nil, nil))
        }
    }

    /// The arguments for a consumer that continues behind the last delivery.
    var arguments: FieldTable {
        if let last = offsets.withLock({ $0.delivered }) { return [Self.header: .int64(last &+ 1)] }
        return switch start {
        case .first: [Self.header: "first"]
        case .last: [Self.header: "last"]
        case .next: [Self.header: "next"]
        case .offset(let offset): [Self.header: .int64(max(0, offset))]
        }
    }

    /// Notes deliveries, in the order of their arrival.
    func arrived(_ batch: [InboundMessage]) {
        guard let offset = batch.last?.properties.headers[Self.header]?.integer else { return }
        offsets.withLock { $0.delivered = max($0.delivered ?? offset, offset) }
    }

    /// Moves the offsets of a batch from the headers to the messages, without those that were read before. `nil` if a
    /// message has no offset, so that it is from a queue.
    func read(_ batch: [InboundMessage]) -> [InboundMessage]? {
        var fresh: [InboundMessage] = []
        fresh.reserveCapacity(batch.count)
        return offsets.withLock { offsets in
            for var message in batch {
                guard let offset = message.properties.headers.removeValue(forKey: Self.header)?.integer else {
                    return nil
                }
                if let last = offsets.read, offset <= last { continue }
                offsets.read = offset
                message.streamOffset = offset
                fresh.append(message)
            }
            return fresh
        }
    }
}
