import AMQPMessages

/// A method that the broker answers.
enum Request: Sendable {
    case openChannel
    case closeChannel
    case declareExchange(
        name: String, kind: String, isPassive: Bool, isDurable: Bool, autoDelete: Bool, arguments: FieldTable)
    case deleteExchange(name: String, ifUnused: Bool)
    case declareQueue(
        name: String, isPassive: Bool, isDurable: Bool, isExclusive: Bool, autoDelete: Bool, arguments: FieldTable)
    case deleteQueue(name: String, ifUnused: Bool, ifEmpty: Bool)
    case bindQueue(name: String, exchange: String, routingKey: String, arguments: FieldTable)
    case setPrefetch(count: UInt16)
    case consume(queue: String, tag: String, noAck: Bool, isExclusive: Bool, arguments: FieldTable)
    case cancel(tag: String)
    case selectConfirms
}
