package import AMQPMessages

/// A command on its way from one partition to another, of which the message is built only where bytes are needed.
///
/// A partition of the same process takes the command itself, if ``arrivesAsMade`` says that the message would bring just that.
package final class CommandMessage: Sendable {
    package let command: Command
    /// The partition that the command is for.
    package let partition: Int
    /// The body of the message.
    package let body: [UInt8]
    private let encoder: CommandEncoder

    /// - Returns: `nil` for a command that no partition sends to another.
    init?(_ command: Command, to partition: Int, by encoder: CommandEncoder) {
        guard let body = command.partitionBody() else { return nil }
        self.command = command
        self.partition = partition
        self.body = body
        self.encoder = encoder
    }

    package var exchange: String { encoder.codec.hub.partitionExchange }
    package var routingKey: String { encoder.codec.hub.partitionKey(partition) }

    /// Builds the message.
    package var encoded: OutboundMessage { encoder.codec.message(of: command, body, partition: partition) }

    /// Builds the message as its receiver would see it.
    package var received: InboundMessage { InboundMessage(encoded) }

    /// Appends the message to a row of the outbox.
    package func append(to row: inout OutboxRowWriter) {
        encoder.codec.append(command, body, partition: partition, to: &row)
    }

    /// Whether the reader of the message would accept it and have exactly this command. What its message would change or a
    /// reader would refuse has to take the way through the message.
    package var arrivesAsMade: Bool { encoder.codec.keeps(command, body) }
}

/// Encodes the commands of a partition; shared by them, so that each has only a reference.
final class CommandEncoder: Sendable {
    let codec: PartitionCodec

    init(_ codec: PartitionCodec) { self.codec = codec }
}
