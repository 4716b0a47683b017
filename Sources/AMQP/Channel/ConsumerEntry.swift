import AMQPMessages

/// A consumer and its deliveries of this round.
final class ConsumerEntry {
    let sink: ConsumerSink
    let noAck: Bool
    var batch: [InboundMessage] = []

    init(sink: ConsumerSink, noAck: Bool) {
        self.sink = sink
        self.noAck = noAck
    }
}
