/// Commands as bytes: what a partition holds until something exists.
///
/// They are stored as the message that would bring them to the partition, so that there is one format to keep.
package struct CommandCodec: Sendable {
    private let codec: PartitionCodec

    package init(_ codec: PartitionCodec) {
        self.codec = codec
    }

    package func encode(_ command: Command) -> [UInt8] {
        OutboxCodec.encode([codec.encode(command, partition: 0)])
    }

    /// - Throws: `MessagingError.Code.corrupt` for bytes that no version wrote.
    package func decode(_ bytes: [UInt8]) throws(MessagingError) -> Command {
        let messages = try OutboxCodec.decode(bytes)
        guard messages.count == 1, let message = messages.first else {
            throw MessagingError(.corrupt, "A held command is stored as one message, not \(messages.count).")
        }
        let inbound = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        switch codec.decode(inbound) {
        case .success(let command): return command
        case .failure(let refusal):
            throw MessagingError(.corrupt, "A held command cannot be read: \(refusal)")
        }
    }
}
