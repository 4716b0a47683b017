package import AMQPMessages
package import Warren

/// Finds the party that waits for a message.
extension PartitionWire {
    /// The party that waits for a message of this partition, and is informed when the message cannot be sent.
    package enum Awaiting: Sendable {
        /// The instance that called an activity.
        case activity(TaskToken, name: String)
        /// The instance that called a sub-orchestration of this name.
        case childStart(ParentInstance, name: String)
        /// The instance that waits for the end of a sub-orchestration.
        case childEnd(ParentInstance)
        /// A client that asked, with the instance that it named, if any.
        case asker(ReplyAddress, instanceID: String?)
        case nobody
    }

    /// The party that waits for a message of this partition.
    package func awaiting(_ message: OutboundMessage) -> Awaiting {
        if message.exchange == names.activityExchange {
            guard message.properties.type != WireType.cancellation,
                let token = message.properties.correlationID.flatMap(token)
            else { return .nobody }
            return .activity(token, name: message.routingKey)
        }
        if message.exchange == names.partitionExchange {
            guard case .success(let command) = decode(message) else { return .nobody }
            switch command {
            case .start(let start): return start.parent.map { .childStart($0, name: start.name) } ?? .nobody
            case .childCompleted(let completed): return .childEnd(completed.parent)
            default: return .nobody
            }
        }
        // A rejection that cannot be sent is not answered by another rejection.
        let status = message.properties.headers[WireHeader.status]?.string
        guard message.exchange.isEmpty, message.properties.type != WireType.cancellation,
            status != ReplyMessage.Status.rejected.rawValue,
            let correlationID = message.properties.correlationID
        else { return .nobody }
        return .asker(
            ReplyAddress(queue: message.routingKey, correlationID: correlationID),
            instanceID: message.properties.headers[WireHeader.instanceID]?.string)
    }

    /// Whether a message of this partition is a dead letter.
    package func isDeadLetter(_ message: OutboundMessage) -> Bool { message.exchange == names.deadExchange }

    /// A message of this partition as its receiver sees it.
    package func received(_ message: OutboundMessage) -> InboundMessage {
        InboundMessage(message)
    }

    /// The message that represents a damaged row among the dead letters.
    package func source(of row: DamagedRow) -> InboundMessage {
        InboundMessage(exchange: names.partitionExchange, routingKey: "damaged/\(row.table.rawValue)/\(row.name)")
    }
}

extension InboundMessage {
    /// The activity that the publisher named.
    package var activityName: String? { properties.headers[WireHeader.activity]?.string }

    /// The time of the publish, if the publisher gave it.
    package var sentAt: Timestamp? {
        guard let seconds = properties.timestamp else { return nil }
        let (microseconds, overflows) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000)
        return Timestamp(microseconds: overflows ? .max : microseconds)
    }
}
