import AMQPMessages
import WarrenMessaging

/// The names of messages in the trace, and in the names of their faults: the same in every run of a seed.
enum SimNames {
    static func of(_ message: InboundMessage) -> String {
        name(message.exchange, message.routingKey, message.properties)
    }

    static func of(_ message: OutboundMessage) -> String {
        name(message.exchange, message.routingKey, message.properties)
    }

    private static func name(_ exchange: String, _ key: String, _ properties: MessageProperties) -> String {
        let headers = properties.headers
        let kind = properties.type.map { $0.replacing("warren.", with: "") } ?? exchange
        if let task = headers[WireHeader.taskID]?.integer, let instance = headers[WireHeader.instanceID]?.string {
            return "\(kind):\(instance)/\(task)"
        }
        if let instance = headers[WireHeader.parentInstanceID]?.string {
            return "\(kind):\(instance)/\(headers[WireHeader.parentTaskID]?.integer ?? 0)"
        }
        // Tokens and keys have random parts, which differ between seeds from the start.
        if properties.type == WireType.result, let token = properties.correlationID {
            let parts = token.split(separator: ".", maxSplits: 4)
            let instance = parts.count == 5 ? (parts.last?.dropFirst(32) ?? "") : ""
            return "result:\(instance)/\(parts.dropFirst(2).first ?? "")"
        }
        if exchange.isEmpty { return "reply:\(properties.correlationID ?? "")" }
        if let id = properties.messageID { return "\(kind):\(id)" }
        let instance = headers[WireHeader.instanceID]?.string ?? ""
        return "\(kind):\(key):\(instance)"
    }
}
