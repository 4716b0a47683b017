import AMQPMessages
import Logging
import WarrenMessaging
import WarrenSupport

/// The lines of a hub's console queue, in order of arrival.
///
/// A line is removed from the queue when the next one is requested, that is, when its reader has processed it. Several
/// readers share the console queue: each line goes to one of them. A feed that watches has a queue of its own. Call
/// ``close()`` at the end, so that lines that were fetched ahead return to the queue for other readers.
public struct ConsoleLines: AsyncSequence, Sendable {
    /// One line.
    public typealias Element = ConsoleLine

    let subscription: any MessageSubscription
    let codec: ConsoleCodec
    let logger: Logger

    /// Begins to read; call it once.
    public func makeAsyncIterator() -> Iterator {
        Iterator(self)
    }

    /// Stops reading. Lines that were not returned, and the last one if it was not acknowledged, stay in the queue.
    public func close() async {
        await subscription.close()
    }

    /// Reads lines. Only one iterator of a feed can be used.
    public struct Iterator: AsyncIteratorProtocol {
        private let lines: ConsoleLines
        private var batches: AsyncThrowingStream<[InboundMessage], any Error>.Iterator
        private var batch: ArraySlice<InboundMessage> = []
        private var current: DeliveryTag?

        init(_ lines: ConsoleLines) {
            self.lines = lines
            batches = lines.subscription.batches.makeAsyncIterator()
        }

        /// Removes the previous line from the queue and waits for the next one; `nil` when the feed was closed.
        public mutating func next() async throws -> ConsoleLine? {
            try await next(isolation: #isolation)
        }

        /// Removes the previous line from the queue and waits for the next one; `nil` when the feed was closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ConsoleLine? {
            acknowledge()
            while true {
                while let message = batch.popFirst() {
                    current = message.tag
                    switch lines.codec.decode(message) {
                    case .success(let line):
                        return ConsoleLine(line, isRedelivered: message.isRedelivered)
                    case .failure(let refusal):
                        // It is not from a host. If it stayed in the queue, it would be delivered again without end.
                        lines.logger.warning("no console line", metadata: [LogKey.reason: "\(refusal)"])
                        acknowledge()
                    }
                }
                guard let more = try await batches.next(isolation: actor) else { return nil }
                batch = more[...]
            }
        }

        /// Removes the last line from the queue without waiting for another one: for readers that stop here.
        public mutating func acknowledge() {
            if let tag = current { lines.subscription.acknowledge([tag]) }
            current = nil
        }
    }
}
