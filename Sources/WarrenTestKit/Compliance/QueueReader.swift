package import AMQPMessages
package import WarrenMessaging

/// Takes messages of a queue one by one.
package struct QueueReader {
    package let subscription: any MessageSubscription
    private var iterator: AsyncThrowingStream<[InboundMessage], any Error>.Iterator
    package private(set) var buffer: [InboundMessage] = []

    package init(_ subscription: any MessageSubscription) {
        self.subscription = subscription
        iterator = subscription.batches.makeAsyncIterator()
    }

    /// Takes the next messages.
    ///
    /// - Throws: `EarlyEnd` if the stream ends before there are so many, as it also does when a time limit is over.
    package mutating func take(_ count: Int) async throws -> [InboundMessage] {
        while buffer.count < count {
            guard let batch = try await iterator.next(isolation: #isolation) else {
                throw EarlyEnd(taken: buffer.count, wanted: count)
            }
            buffer += batch
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// The end of a stream before there were as many messages as were to be taken.
    package struct EarlyEnd: Error {
        package var taken: Int
        package var wanted: Int

        package init(taken: Int, wanted: Int) {
            self.taken = taken
            self.wanted = wanted
        }
    }

    /// Returns whether the stream ends without another message.
    package mutating func ends() async throws -> Bool {
        try await iterator.next(isolation: #isolation) == nil && buffer.isEmpty
    }

    /// Takes the next messages, for a reader that is used once.
    package consuming func taking(_ count: Int) async throws -> [InboundMessage] {
        try await take(count)
    }

    package func acknowledge(_ messages: [InboundMessage]) {
        subscription.acknowledge(messages.map(\.tag))
    }
}
