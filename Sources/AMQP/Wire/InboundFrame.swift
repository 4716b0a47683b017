import AMQPMessages
import CRabbitMQ

/// A frame from the broker, copied out of the library's memory (except for a body's bytes, which are valid until the
/// next frame is read).
enum InboundFrame {
    case method(InboundMethod)
    case header(bodySize: UInt64, MessageProperties)
    case body(UnsafeRawBufferPointer)
}

extension InboundFrame {
    /// - Returns: `nil` for a frame type that is of no use here.
    init?(_ frame: amqp_frame_t, _ texts: WireTexts) {
        switch Int32(clamping: frame.frame_type) {
        case AMQP_FRAME_METHOD:
            self = .method(InboundMethod(frame.payload.method, texts))
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            guard header.class_id == UInt16(AMQP_BASIC_CLASS), let decoded = header.decoded else { return nil }
            let properties = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self)
            self = .header(bodySize: header.body_size, MessageProperties(UnsafePointer(properties), texts))
        case AMQP_FRAME_BODY:
            let bytes = frame.payload.body_fragment
            self = .body(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
        default:
            return nil
        }
    }
}
