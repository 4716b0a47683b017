package import AMQPMessages
import Warren

/// Work items that stay values on their way to a worker of the same process.
extension WorkItemCodec {
    /// Returns what ``decode(_:)`` makes of an item's message, without decoding it.
    ///
    /// - Parameters:
    ///   - item: the item.
    ///   - message: what ``encode(_:replyTo:signer:)`` made of it.
    /// - Returns: `nil` for an item that has to be decoded, because decoding changes some of its parts, or refuses it: an item
    ///   with time limits, details of a heartbeat or a place in a queue for permits, and one that is unusually large.
    package func carried(_ item: WorkItem, in message: OutboundMessage) -> WorkItem? {
        guard item.timeouts.isEmpty, item.previousHeartbeat == nil, item.order == CallOrder(), item.attempt >= 1,
            item.retryAttempt >= 1, item.retryAttempt <= Int(Int32.max), 0...Int(Int32.max) ~= item.token.taskID,
            !item.token.isFormer, WireRules.isName(item.activity), WireRules.fitsHeader(item.orchestration),
            WireRules.fitsHeader(item.token.instanceID), WireRules.fitsHeader(item.token.executionID),
            WireRules.fitsHeader(item.idempotencyKey),
            !item.input.bytes.isEmpty, item.input.bytes.count <= limits.maximumBodyBytes,
            JSONValidator.accepts(item.input.bytes, limits)
        else { return nil }
        guard item.trace != nil else { return item }
        var item = item
        item.trace = TraceContext(of: message.properties.headers)
        return item
    }
}
