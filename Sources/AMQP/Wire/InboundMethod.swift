import AMQPMessages
import CRabbitMQ

/// A method from the broker.
enum InboundMethod: Equatable {
    /// Content follows.
    case content(ContentAssembler.Start)
    case confirm(tag: UInt64, multiple: Bool, outcome: PublishOutcome)
    /// The answer to a request, with the number of the method.
    case reply(UInt32, Reply)
    /// The broker ended a consumer.
    case cancelled(consumerTag: String)
    case channelClosed(code: Int, text: String, methodNumber: UInt32)
    case connectionClosed(code: Int, text: String)
    case connectionCloseOK
    case blocked(reason: String)
    case unblocked
    /// A method that this client does not use.
    case other(UInt32)
}

extension InboundMethod {
    init(_ method: amqp_method_t, _ texts: WireTexts) {
        let id = method.id
        func decoded<Method>(_ type: Method.Type) -> Method {
            method.decoded.assumingMemoryBound(to: type).pointee
        }
        switch id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = decoded(amqp_basic_deliver_t.self)
            self = .content(
                .delivery(
                    consumerTag: texts.text(deliver.consumer_tag), tag: deliver.delivery_tag,
                    isRedelivered: deliver.redelivered != 0, exchange: texts.text(deliver.exchange),
                    routingKey: texts.text(deliver.routing_key)))
        case AMQP_BASIC_RETURN_METHOD:
            let returned = decoded(amqp_basic_return_t.self)
            self = .content(
                .returned(
                    code: Int(returned.reply_code), text: String(returned.reply_text),
                    exchange: String(returned.exchange), routingKey: String(returned.routing_key)))
        case AMQP_BASIC_ACK_METHOD:
            let ack = decoded(amqp_basic_ack_t.self)
            self = .confirm(tag: ack.delivery_tag, multiple: ack.multiple != 0, outcome: .confirmed)
        case AMQP_BASIC_NACK_METHOD:
            let nack = decoded(amqp_basic_nack_t.self)
            self = .confirm(tag: nack.delivery_tag, multiple: nack.multiple != 0, outcome: .refused)
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let status = decoded(amqp_queue_declare_ok_t.self)
            let queue = QueueStatus(
                name: String(status.queue), messageCount: Int(status.message_count),
                consumerCount: Int(status.consumer_count))
            self = .reply(id, .queue(queue))
        case AMQP_QUEUE_DELETE_OK_METHOD:
            self = .reply(id, .removed(Int(decoded(amqp_queue_delete_ok_t.self).message_count)))
        case AMQP_CHANNEL_OPEN_OK_METHOD, AMQP_CHANNEL_CLOSE_OK_METHOD, AMQP_EXCHANGE_DECLARE_OK_METHOD,
            AMQP_EXCHANGE_DELETE_OK_METHOD, AMQP_QUEUE_BIND_OK_METHOD, AMQP_QUEUE_UNBIND_OK_METHOD,
            AMQP_BASIC_QOS_OK_METHOD, AMQP_BASIC_CONSUME_OK_METHOD, AMQP_BASIC_CANCEL_OK_METHOD,
            AMQP_CONFIRM_SELECT_OK_METHOD:
            self = .reply(id, .done)
        case AMQP_BASIC_CANCEL_METHOD:
            self = .cancelled(consumerTag: String(decoded(amqp_basic_cancel_t.self).consumer_tag))
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = decoded(amqp_channel_close_t.self)
            self = .channelClosed(
                code: Int(close.reply_code), text: String(close.reply_text),
                methodNumber: UInt32(clamping: close.class_id) << 16 | UInt32(clamping: close.method_id))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = decoded(amqp_connection_close_t.self)
            self = .connectionClosed(code: Int(close.reply_code), text: String(close.reply_text))
        case AMQP_CONNECTION_CLOSE_OK_METHOD:
            self = .connectionCloseOK
        case AMQP_CONNECTION_BLOCKED_METHOD:
            self = .blocked(reason: String(decoded(amqp_connection_blocked_t.self).reason))
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            self = .unblocked
        default:
            self = .other(id)
        }
    }
}
