package import AMQPMessages

/// A message that a partition writes into its outbox.
package enum OutboxMessage: Sendable {
    /// It stands apart, because a message passes through several lists on its way.
    indirect case encoded(OutboundMessage)
    /// A command for a partition: of this process or of another one.
    case command(CommandMessage)

    package var exchange: String {
        switch self {
        case .encoded(let message): message.exchange
        case .command(let message): message.exchange
        }
    }

    package var routingKey: String {
        switch self {
        case .encoded(let message): message.routingKey
        case .command(let message): message.routingKey
        }
    }

    /// Whether a message that no queue takes is returned.
    package var isMandatory: Bool {
        switch self {
        case .encoded(let message): message.isMandatory
        case .command: true
        }
    }

    /// The size of the body.
    package var bodyBytes: Int {
        switch self {
        case .encoded(let message): message.body.count
        case .command(let message): message.body.count
        }
    }

    /// The message as a transport takes it: built anew for a command.
    package var encoded: OutboundMessage {
        switch self {
        case .encoded(let message): message
        case .command(let message): message.encoded
        }
    }

    /// Appends the message to a row of the outbox.
    package func append(to row: inout OutboxRowWriter) {
        switch self {
        case .encoded(let message): row.append(message)
        case .command(let message): message.append(to: &row)
        }
    }
}

extension [OutboxMessage] {
    /// Appends an encoded message.
    package mutating func append(_ message: OutboundMessage) { append(.encoded(message)) }
}
