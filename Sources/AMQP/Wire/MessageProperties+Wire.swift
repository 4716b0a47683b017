import AMQPMessages
import CRabbitMQ

extension WireArena {
    /// Properties in the library's form. Only fields that are set are flagged, and so sent.
    func properties(_ properties: MessageProperties) throws(AMQPError) -> amqp_basic_properties_t {
        var result = amqp_basic_properties_t()
        func text(_ value: String?, _ flag: Int32, _ name: String) throws(AMQPError) -> amqp_bytes_t {
            guard let value else { return amqp_bytes_t(len: 0, bytes: nil) }
            guard value.utf8.count <= 255 else {
                throw AMQPError(.invalidMessage, "the property \(name) is longer than 255 bytes")
            }
            result._flags |= amqp_flags_t(flag)
            return bytes(value)
        }
        result.content_type = try text(properties.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, "content_type")
        result.content_encoding = try text(
            properties.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, "content_encoding")
        result.correlation_id = try text(properties.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, "correlation_id")
        result.reply_to = try text(properties.replyTo, AMQP_BASIC_REPLY_TO_FLAG, "reply_to")
        result.expiration = try text(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG, "expiration")
        result.message_id = try text(properties.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, "message_id")
        result.type = try text(properties.type, AMQP_BASIC_TYPE_FLAG, "type")
        result.user_id = try text(properties.userID, AMQP_BASIC_USER_ID_FLAG, "user_id")
        result.app_id = try text(properties.appID, AMQP_BASIC_APP_ID_FLAG, "app_id")
        if !properties.headers.isEmpty {
            result.headers = try table(properties.headers)
            result._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
        }
        if let isPersistent = properties.isPersistent {
            result.delivery_mode = isPersistent ? 2 : 1
            result._flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
        }
        if let priority = properties.priority {
            result.priority = priority
            result._flags |= amqp_flags_t(AMQP_BASIC_PRIORITY_FLAG)
        }
        if let timestamp = properties.timestamp {
            result.timestamp = timestamp
            result._flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
        }
        return result
    }
}

extension MessageProperties {
    init(_ properties: UnsafePointer<amqp_basic_properties_t>, _ texts: WireTexts) {
        let wire = properties.pointee
        let flags = Int32(truncatingIfNeeded: wire._flags)
        func ifSet<Value>(_ flag: Int32, _ value: @autoclosure () -> Value) -> Value? {
            flags & flag != 0 ? value() : nil
        }
        self.init(
            contentType: ifSet(AMQP_BASIC_CONTENT_TYPE_FLAG, texts.text(wire.content_type)),
            contentEncoding: ifSet(AMQP_BASIC_CONTENT_ENCODING_FLAG, texts.text(wire.content_encoding)),
            headers: ifSet(AMQP_BASIC_HEADERS_FLAG, FieldTable(wire.headers, texts)) ?? [:],
            isPersistent: ifSet(AMQP_BASIC_DELIVERY_MODE_FLAG, wire.delivery_mode == 2),
            priority: ifSet(AMQP_BASIC_PRIORITY_FLAG, wire.priority),
            correlationID: ifSet(AMQP_BASIC_CORRELATION_ID_FLAG, String(wire.correlation_id)),
            replyTo: ifSet(AMQP_BASIC_REPLY_TO_FLAG, texts.text(wire.reply_to)),
            expiration: ifSet(AMQP_BASIC_EXPIRATION_FLAG, String(wire.expiration)),
            messageID: ifSet(AMQP_BASIC_MESSAGE_ID_FLAG, String(wire.message_id)),
            timestamp: ifSet(AMQP_BASIC_TIMESTAMP_FLAG, wire.timestamp),
            type: ifSet(AMQP_BASIC_TYPE_FLAG, texts.text(wire.type)),
            userID: ifSet(AMQP_BASIC_USER_ID_FLAG, texts.text(wire.user_id)),
            appID: ifSet(AMQP_BASIC_APP_ID_FLAG, texts.text(wire.app_id)))
    }
}
