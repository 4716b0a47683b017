import AMQPMessages
import CRabbitMQ
import Logging
import WarrenSupport

extension ConnectionLoop {
    /// Carries out one command: encodes it and records the expected answer.
    func perform(_ command: ConnectionCommand) throws(AMQPError) {
        switch command {
        case .openChannel(let id, let slot, let observer): try openChannel(id, slot, observer)
        case .request(let channel, let request, let slot, let sink):
            guard let number = number(of: channel) else { return command.refuse(Self.channelIsOver) }
            try send(request, slot, sink, on: number)
        case .publish(let channel, let messages, let completion):
            guard let number = number(of: channel) else { return command.refuse(Self.channelIsOver) }
            try publish(messages, completion, on: number)
        case .acknowledge(let channel, let tags):
            guard let number = numbers[channel] else { return }
            for tag in tags where tag.channel == channel { channels[Int(number)]?.acks.acknowledge(tag.number) }
        case .close(let slot):
            try close(slot)
        }
    }

    /// Sends the acknowledgements that were collected in this round.
    func flushAcknowledgements() throws(AMQPError) {
        for number in channels.indices where channels[number]?.acks.hasPending == true {
            try flushAcknowledgements(on: UInt16(clamping: number))
        }
    }

    /// Delivers the results of this round to callers, publishers and consumers.
    func deliverResults() {
        for case let channel? in channels {
            channel.takeDeliveries { sink, batch in sink.deliver(batch) }
            channel.takeSettled(into: &actions)
        }
        announcements.append(contentsOf: actions)
        actions.removeAll(keepingCapacity: true)
        guard !announcements.isEmpty else { return }
        for announcement in announcements {
            switch announcement {
            case .answer(let slot, let result): slot.fulfil(result)
            case .settled(let completion, let outcomes): completion(outcomes)
            case .endConsumer(let sink, let error): sink.end(error)
            case .ended(let observer, let id, let error): observer(id, error)
            case .sendCloseOK, .released, .unmatchedReturn, .failConnection: break
            }
        }
        announcements.removeAll(keepingCapacity: true)
    }

    /// Ends everything that is open. No caller is left waiting.
    func finish(_ error: AMQPError) {
        // Sets the reason first, so that callbacks find it; then calls the observers, so that no caller uses an ended
        // channel.
        let refused = mailbox.close(error)
        for case let channel? in channels {
            channel.takeDeliveries { sink, batch in sink.deliver(batch) }
            channel.end(error.code == .closed ? nil : error, into: &actions)
        }
        deliverResults()
        for command in refused { command.refuse(error) }
        for slot in closing?.slots ?? [] { slot.fulfil(.success(.done)) }
        logger.debug("A broker connection is over", metadata: [LogKey.reason: "\(error)"])
        events.yield(.closed(error))
        events.finish()
    }

    /// Removes a channel after its end was announced.
    func release(_ number: UInt16) {
        guard let channel = channels[Int(number)] else { return }
        numbers[channel.id] = nil
        if let limit = channel.learnedLimit { messageLimit = min(messageLimit, limit) }
        channel.takeDeliveries { sink, batch in sink.deliver(batch) }
        channels[Int(number)] = nil
    }

    private static var channelIsOver: AMQPError { AMQPError(.channelClosed, "the channel is over") }

    /// The number of a channel that can still be used.
    private func number(of channel: UInt64) -> UInt16? {
        guard let number = numbers[channel], channels[Int(number)]?.isClosing == false else { return nil }
        return number
    }

    private func openChannel(
        _ id: UInt64, _ slot: ReplySlot<Reply>, _ observer: @escaping ChannelObserver
    ) throws(AMQPError) {
        if channels.isEmpty { channels.append(nil) }
        let free = channels.indices.dropFirst().first { channels[$0] == nil } ?? channels.count
        guard free <= wire.channelMax else {
            let error = AMQPError(.resourceLocked, "all \(wire.channelMax) channels of the connection are in use")
            return ConnectionCommand.openChannel(id, slot, observer).refuse(error)
        }
        if free == channels.count { channels.append(nil) }
        channels[free] = ChannelMachine(
            id: id, bodyLimit: configuration.bodyLimit, confirmTimeout: configuration.confirmTimeout, observer: observer
        )
        numbers[id] = UInt16(clamping: free)
        try send(.openChannel, slot, nil, on: UInt16(clamping: free))
    }

    private func send(
        _ request: Request, _ slot: ReplySlot<Reply>, _ sink: ConsumerSink?, on number: UInt16
    ) throws(AMQPError) {
        do {
            // Earlier acknowledgements must reach the broker first, above all before a close.
            try flushAcknowledgements(on: number)
            try writer.send(request, channel: number)
        } catch {
            slot.fulfil(.failure(error))
            sink?.end(error)
            if error.code == .invalidMessage { return }
            throw error
        }
        channels[Int(number)]?.sent(request, slot: slot, deadline: .now + configuration.requestTimeout, sink: sink)
    }

    private func publish(
        _ messages: [OutboundMessage], _ completion: @escaping PublishCompletion, on number: UInt16
    ) throws(AMQPError) {
        guard let channel = channels[Int(number)] else { return }
        let isConfirming = channel.confirmsSelected
        channel.confirms.begin(messages, token: PublishToken(completion: completion))
        for position in messages.indices {
            guard isConfirming else {
                channel.confirms.skip(
                    position: position, outcome: .invalid(reason: "the channel is not in confirm mode"))
                continue
            }
            let size = messages[position].body.count
            guard size <= messageLimit else {
                channel.confirms.skip(position: position, outcome: .tooLarge(bytes: size, limit: messageLimit))
                continue
            }
            do {
                try writer.publish(messages[position], channel: number)
                channel.confirms.publish(position: position)
            } catch {
                guard error.code == .invalidMessage else {
                    // The connection ended in the middle of the batch. The broker will confirm neither this message nor
                    // the ones after it, so their outcome is decided here.
                    for left in messages.indices[position...] {
                        channel.confirms.skip(position: left, outcome: .unknown(reason: error.message))
                    }
                    throw error
                }
                channel.confirms.skip(position: position, outcome: .invalid(reason: error.message))
            }
        }
    }

    private func flushAcknowledgements(on number: UInt16) throws(AMQPError) {
        guard channels[Int(number)]?.isClosing == false else { return }
        channels[Int(number)]?.acks.flush(into: &acks)
        for ack in acks {
            try writer.send(
                amqp_basic_ack_t(delivery_tag: ack.tag, multiple: ack.multiple ? 1 : 0), AMQP_BASIC_ACK_METHOD, number)
        }
        acks.removeAll(keepingCapacity: true)
    }

    private func close(_ slot: ReplySlot<Reply>?) throws(AMQPError) {
        if closing != nil {
            if let slot { closing?.slots.append(slot) }
            return
        }
        closing = (slot.map { [$0] } ?? [], .now + .seconds(5))
        try flushAcknowledgements()
        let method = amqp_connection_close_t(
            reply_code: 200, reply_text: amqp_bytes_t(len: 0, bytes: nil), class_id: 0, method_id: 0)
        try writer.send(method, AMQP_CONNECTION_CLOSE_METHOD, 0)
    }
}
