import CRabbitMQ

extension Request {
    /// The number of the method that answers it.
    var replyNumber: UInt32 {
        switch self {
        case .openChannel: AMQP_CHANNEL_OPEN_OK_METHOD
        case .closeChannel: AMQP_CHANNEL_CLOSE_OK_METHOD
        case .declareExchange: AMQP_EXCHANGE_DECLARE_OK_METHOD
        case .deleteExchange: AMQP_EXCHANGE_DELETE_OK_METHOD
        case .declareQueue: AMQP_QUEUE_DECLARE_OK_METHOD
        case .deleteQueue: AMQP_QUEUE_DELETE_OK_METHOD
        case .bindQueue: AMQP_QUEUE_BIND_OK_METHOD
        case .setPrefetch: AMQP_BASIC_QOS_OK_METHOD
        case .consume: AMQP_BASIC_CONSUME_OK_METHOD
        case .cancel: AMQP_BASIC_CANCEL_OK_METHOD
        case .selectConfirms: AMQP_CONFIRM_SELECT_OK_METHOD
        }
    }
}
