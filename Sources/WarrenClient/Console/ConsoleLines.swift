import Logging
import WarrenMessaging

/// The lines of a hub's console queue, as they come.
///
/// A line is taken off the queue when the next one is asked for, that is, when its reader is done with it. Several
/// readers share the console queue: each line goes to one of them. A feed that watches has a queue of its own. Call
/// ``close()`` when done, so that what was fetched ahead goes back to the queue for others.
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

    /// Stops reading. Lines that were not handed out, and the last one if it was not acknowledged, stay in the queue.
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

        /// Takes the line before off the queue and waits for the next one; `nil` when the feed was closed.
        public mutating func next() async throws -> ConsoleLine? {
            try await next(isolation: #isolation)
        }

        /// Takes the line before off the queue and waits for the next one; `nil` when the feed was closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ConsoleLine? {
            acknowledge()
            while true {
                while let message = batch.popFirst() {
                    current = message.tag
                    switch lines.codec.decode(message) {
                    case .success(let line):
                        return ConsoleLine(line, isRedelivered: message.isRedelivered)
                    case .failure(let refusal):
                        // Not from a host. It would come again for ever if it stayed in the queue.
                        lines.logger.warning("no console line", metadata: ["reason": "\(refusal)"])
                        acknowledge()
                    }
                }
                guard let more = try await batches.next(isolation: actor) else { return nil }
                batch = more[...]
            }
        }

        /// Takes the last line off the queue without waiting for another one: for readers that stop here.
        public mutating func acknowledge() {
            if let tag = current { lines.subscription.acknowledge([tag]) }
            current = nil
        }
    }
}
