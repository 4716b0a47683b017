import AMQPMessages
import Warren
import WarrenSupport

/// Writes and reads the headers of work items that only some calls have: limits, attempts, an earlier heartbeat.
extension WorkItemCodec {
    private static let limits: [(header: String, path: any WritableKeyPath<ActivityTimeouts, Duration?> & Sendable)] = [
        (WireHeader.scheduleToStart, \.scheduleToStart), (WireHeader.startToClose, \.startToClose),
        (WireHeader.heartbeatTimeout, \.heartbeat), (WireHeader.total, \.total),
    ]

    static func addTerms(of item: WorkItem, to headers: inout FieldTable) {
        if item.retryAttempt > 1 { headers[WireHeader.retryAttempt] = .int64(Int64(item.retryAttempt)) }
        if let details = item.previousHeartbeat { headers[WireHeader.previousHeartbeat] = .string(details.json) }
        if let priority = item.order.priority { headers[WireHeader.priority] = .int64(Int64(priority)) }
        if let key = item.order.fairnessKey { headers[WireHeader.fairnessKey] = .string(key) }
        guard !item.timeouts.isEmpty else { return }
        for (header, path) in limits {
            // A limit of less than a millisecond is not told as none.
            if let limit = item.timeouts[keyPath: path] { headers[header] = .int64(max(1, limit.wireMilliseconds)) }
        }
    }

    static func readTerms(_ fields: MessageFields, into item: inout WorkItem) throws(Refusal) {
        item.retryAttempt = Int(try fields.integer(WireHeader.retryAttempt, in: 1...Int64(Int32.max)) ?? 1)
        item.previousHeartbeat = try fields.text(
            WireHeader.previousHeartbeat, maximum: ActivityContext.maximumHeartbeatBytes
        ).map { Payload(json: $0) }
        item.order.priority = try fields.integer(WireHeader.priority, in: 0...9).map { Int($0) }
        item.order.fairnessKey = try fields.text(WireHeader.fairnessKey)
        for (header, path) in limits {
            if let limit = try fields.integer(header, in: 1...Int64.max / 1000) {
                item.timeouts[keyPath: path] = .milliseconds(limit)
            }
        }
    }
}
