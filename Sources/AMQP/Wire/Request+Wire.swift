import CRabbitMQ

extension FrameWriter {
    /// Writes a request.
    func send(_ request: Request, channel: UInt16) throws(AMQPError) {
        defer { arena.recycle() }
        switch request {
        case .openChannel:
            try send(amqp_channel_open_t(out_of_band: arena.bytes("")), AMQP_CHANNEL_OPEN_METHOD, channel)
        case .closeChannel:
            try send(
                amqp_channel_close_t(reply_code: 200, reply_text: arena.bytes("bye"), class_id: 0, method_id: 0),
                AMQP_CHANNEL_CLOSE_METHOD, channel)
        case .declareExchange(let name, let kind, let isPassive, let isDurable, let autoDelete, let arguments):
            try send(
                amqp_exchange_declare_t(
                    ticket: 0, exchange: arena.bytes(name), type: arena.bytes(kind), passive: flag(isPassive),
                    durable: flag(isDurable), auto_delete: flag(autoDelete), internal: 0, nowait: 0,
                    arguments: try arena.table(arguments)),
                AMQP_EXCHANGE_DECLARE_METHOD, channel)
        case .deleteExchange(let name, let ifUnused):
            try send(
                amqp_exchange_delete_t(ticket: 0, exchange: arena.bytes(name), if_unused: flag(ifUnused), nowait: 0),
                AMQP_EXCHANGE_DELETE_METHOD, channel)
        case .declareQueue(let name, let isPassive, let isDurable, let isExclusive, let autoDelete, let arguments):
            try send(
                amqp_queue_declare_t(
                    ticket: 0, queue: arena.bytes(name), passive: flag(isPassive), durable: flag(isDurable),
                    exclusive: flag(isExclusive), auto_delete: flag(autoDelete), nowait: 0,
                    arguments: try arena.table(arguments)),
                AMQP_QUEUE_DECLARE_METHOD, channel)
        case .deleteQueue(let name, let ifUnused, let ifEmpty):
            try send(
                amqp_queue_delete_t(
                    ticket: 0, queue: arena.bytes(name), if_unused: flag(ifUnused), if_empty: flag(ifEmpty), nowait: 0),
                AMQP_QUEUE_DELETE_METHOD, channel)
        case .bindQueue(let name, let exchange, let routingKey, let arguments):
            try send(
                amqp_queue_bind_t(
                    ticket: 0, queue: arena.bytes(name), exchange: arena.bytes(exchange),
                    routing_key: arena.bytes(routingKey), nowait: 0, arguments: try arena.table(arguments)),
                AMQP_QUEUE_BIND_METHOD, channel)
        case .setPrefetch(let count):
            try send(
                amqp_basic_qos_t(prefetch_size: 0, prefetch_count: count, global: 0), AMQP_BASIC_QOS_METHOD, channel)
        case .consume(let queue, let tag, let noAck, let isExclusive, let arguments):
            try send(
                amqp_basic_consume_t(
                    ticket: 0, queue: arena.bytes(queue), consumer_tag: arena.bytes(tag), no_local: 0,
                    no_ack: flag(noAck), exclusive: flag(isExclusive), nowait: 0,
                    arguments: try arena.table(arguments)),
                AMQP_BASIC_CONSUME_METHOD, channel)
        case .cancel(let tag):
            try send(
                amqp_basic_cancel_t(consumer_tag: arena.bytes(tag), nowait: 0), AMQP_BASIC_CANCEL_METHOD, channel)
        case .selectConfirms:
            try send(amqp_confirm_select_t(nowait: 0), AMQP_CONFIRM_SELECT_METHOD, channel)
        }
    }

    private func flag(_ value: Bool) -> amqp_boolean_t { value ? 1 : 0 }
}
