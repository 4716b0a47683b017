import AMQPMessages

extension OutboundMessage {
    /// Its approximate size in the outbound buffer; used to bound waiting messages.
    var approximateSize: Int { body.count + routingKey.utf8.count + 256 }
}
