import AMQPMessages
import WarrenMessaging

/// The work items of a step that are carried as values beside their messages.
///
/// Messages come to rows in the order in which they are made, as a rule. Where they do not, a worker decodes them.
struct CarriedItems {
    private var items: [CarriedWork] = []
    private var next = 0

    mutating func add(_ item: CarriedWork) { items.append(item) }

    /// Returns the items of a row's messages, each in the place of its message; empty if there are none.
    ///
    /// - Parameter messages: the messages after those of the last call.
    mutating func take(for messages: [OutboxMessage]) -> [CarriedWork?] {
        guard next < items.count else { return [] }
        return messages.map { message in
            guard case .encoded(let message) = message, next < items.count,
                items[next].correlationID == message.properties.correlationID
            else { return nil }
            defer { next += 1 }
            return items[next]
        }
    }
}
