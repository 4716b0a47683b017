import AMQPMessages
import DequeModule
import WarrenSupport

/// The state of one open channel: requests that wait for their answers, publishes that wait for confirms, an incomplete
/// message, consumers, acknowledgements to send.
///
/// Pure but for the closures that it carries: inputs change it and append to a list of actions; it calls nothing. A class,
/// because each look at a value in an array would copy all of it. Only the connection's thread touches it, and exclusivity
/// is not checked, because the check would be made several times for every frame.
final class ChannelMachine {
    struct Call {
        let replyNumber: UInt32
        let deadline: ContinuousClock.Instant
        /// `nil` once its caller got a timeout; a late answer then only removes the call.
        var slot: ReplySlot<Reply>?
        /// The consumer that an answer to `basic.cancel` ends.
        var cancels: String?
        /// The consumer that exists only if `basic.consume` succeeds.
        var consumes: String?
    }

    let id: UInt64
    @exclusivity(unchecked) private(set) var confirmsSelected = false
    @exclusivity(unchecked) private(set) var isClosing = false
    @exclusivity(unchecked) private(set) var isOver = false
    /// The largest body that the broker takes, if it closed the channel over a larger one.
    @exclusivity(unchecked) private(set) var learnedLimit: Int?
    @exclusivity(unchecked) private var calls: Deque<Call> = []
    @exclusivity(unchecked) private var consumers: [String: ConsumerEntry] = [:]
    @exclusivity(unchecked) private var dirty: [ConsumerEntry] = []
    @exclusivity(unchecked) private var assembler: ContentAssembler
    private let observer: ChannelObserver
    @exclusivity(unchecked) private var settled: [ConfirmTracker<PublishToken>.Settled] = []
    @exclusivity(unchecked) var confirms = ConfirmTracker<PublishToken>()
    @exclusivity(unchecked) var acks = AckCoalescer()
    @exclusivity(unchecked) private var confirmMonitor: ConfirmMonitor

    init(
        id: UInt64, bodyLimit: Int, confirmTimeout: Duration = .seconds(10),
        observer: @escaping ChannelObserver = { _, _ in }
    ) {
        self.id = id
        self.observer = observer
        confirmMonitor = ConfirmMonitor(patience: confirmTimeout)
        assembler = ContentAssembler(bodyLimit: bodyLimit)
    }

    /// The time at which the oldest request or the oldest publish expires.
    var deadline: ContinuousClock.Instant? {
        let request = calls.first { $0.slot != nil }?.deadline
        guard let confirm = confirmMonitor.deadline else { return request }
        return request.map { min($0, confirm) } ?? confirm
    }

    /// Records that a request was sent.
    func sent(
        _ request: Request, slot: ReplySlot<Reply>, deadline: ContinuousClock.Instant, sink: ConsumerSink?
    ) {
        var call = Call(replyNumber: request.replyNumber, deadline: deadline, slot: slot)
        switch request {
        case .selectConfirms: confirmsSelected = true
        case .closeChannel: isClosing = true
        case .cancel(let tag): call.cancels = tag
        case .consume(_, let tag, let noAck, _, _):
            call.consumes = tag
            if let sink { consumers[tag] = ConsumerEntry(sink: sink, noAck: noAck) }
        default: break
        }
        calls.append(call)
    }

    /// Handles a received frame.
    func received(_ frame: InboundFrame, into actions: inout [ChannelAction]) {
        switch frame {
        case .header(let size, let properties): take(assembler.header(bodySize: size, properties), into: &actions)
        case .body(let bytes): take(assembler.body(bytes), into: &actions)
        case .method(let method): received(method, into: &actions)
        }
    }

    /// Handles the passage of time for publishes. Call it in every round: it notes which publish is the oldest.
    ///
    /// - Parameter isBlocked: whether the broker reads nothing from the connection at present.
    func watchConfirms(isBlocked: Bool, at now: ContinuousClock.Instant) {
        guard confirmsSelected else { return }
        let overdue = confirmMonitor.check(
            settledThrough: confirms.settledThrough, issuedThrough: confirms.issuedThrough, isBlocked: isBlocked,
            at: now)
        if let overdue { confirms.giveUp(through: overdue, after: confirmMonitor.patience) }
    }

    /// Handles the passage of time for requests.
    func expire(at now: ContinuousClock.Instant, into actions: inout [ChannelAction]) {
        for index in calls.indices {
            guard calls[index].deadline <= now else { return }
            guard let slot = calls[index].slot else { continue }
            calls[index].slot = nil
            let error = AMQPError(.timeout, "the broker did not answer a request in time")
            actions.append(.answer(slot, .failure(error)))
        }
    }

    /// Ends the channel, with its connection or alone.
    ///
    /// - Parameter error: `nil` when this side closed it.
    func end(_ error: AMQPError?, offence: PublishOffence? = nil, into actions: inout [ChannelAction]) {
        guard !isOver else { return }
        isOver = true
        let reason = error ?? AMQPError(.closed, "the channel was closed")
        actions.append(.ended(observer, id, error))
        confirms.fail(reason: reason.message, offence: offence)
        takeSettled(into: &actions)
        for call in calls {
            guard let slot = call.slot else { continue }
            actions.append(.answer(slot, .failure(reason)))
        }
        calls.removeAll()
        for (_, consumer) in consumers.sorted(by: { $0.key < $1.key }) {
            actions.append(.endConsumer(consumer.sink, error))
        }
        consumers.removeAll()
        actions.append(.released)
    }

    /// Passes on the deliveries since the last call, in one batch for each consumer.
    func takeDeliveries(_ body: (ConsumerSink, [InboundMessage]) -> Void) {
        guard !dirty.isEmpty else { return }
        for consumer in dirty {
            body(consumer.sink, consumer.batch)
            consumer.batch = []
        }
        dirty.removeAll(keepingCapacity: true)
    }

    /// Appends the completed batches.
    func takeSettled(into actions: inout [ChannelAction]) {
        confirms.takeSettled(into: &settled)
        guard !settled.isEmpty else { return }
        for batch in settled { actions.append(.settled(batch.token.completion, batch.outcomes)) }
        settled.removeAll(keepingCapacity: true)
    }

    private func received(_ method: InboundMethod, into actions: inout [ChannelAction]) {
        switch method {
        case .content(let start):
            take(assembler.begin(start), into: &actions)
        case .confirm(let tag, let multiple, let outcome):
            guard confirms.settle(tag, multiple: multiple, as: outcome) else {
                return violation("a confirm of \(tag), which was never published", into: &actions)
            }
        case .reply(let number, let reply):
            answer(number, reply, into: &actions)
        case .cancelled(let tag):
            guard let consumer = consumers.removeValue(forKey: tag) else { return }
            let error = AMQPError(.consumerCancelled, "the broker cancelled the consumer \(tag)")
            actions.append(.endConsumer(consumer.sink, error))
        case .channelClosed(let code, let text, let methodNumber):
            actions.append(.sendCloseOK)
            let offence = methodNumber == Self.publishNumber ? PublishOffence(code: code, text: text) : nil
            learnedLimit = offence?.limit
            let error = AMQPError.reply(code, text, closesConnection: false)
            end(isClosing ? nil : error, offence: offence, into: &actions)
        case .connectionClosed, .connectionCloseOK, .blocked, .unblocked, .other:
            violation("method \(method) on a channel", into: &actions)
        }
    }

    private func answer(_ number: UInt32, _ reply: Reply, into actions: inout [ChannelAction]) {
        guard let call = calls.first, call.replyNumber == number else {
            return violation("an answer (\(number)) that nobody waits for", into: &actions)
        }
        calls.removeFirst()
        if let slot = call.slot { actions.append(.answer(slot, .success(reply))) }
        if let tag = call.cancels, let consumer = consumers.removeValue(forKey: tag) {
            actions.append(.endConsumer(consumer.sink, nil))
        }
        if number == Request.closeChannel.replyNumber { end(nil, into: &actions) }
    }

    private func take(_ step: ContentAssembler.Step, into actions: inout [ChannelAction]) {
        switch step {
        case .more: break
        case .violation(let text): violation(text, into: &actions)
        case .complete(let content): take(content, into: &actions)
        }
    }

    private func take(_ content: ContentAssembler.Content, into actions: inout [ChannelAction]) {
        switch content.start {
        case .delivery(let consumerTag, let tag, let isRedelivered, let exchange, let routingKey):
            let consumer = consumers[consumerTag]
            // A cancelled consumer cannot acknowledge; its deliveries return to the queue when the channel closes.
            acks.delivered(tag, isSettled: consumer?.noAck ?? false)
            // Deliveries after our request to close are void: they return to their queue. Returns and confirms still
            // count.
            guard let consumer, !isClosing else { return }
            if consumer.batch.isEmpty { dirty.append(consumer) }
            consumer.batch.append(
                InboundMessage(
                    exchange: exchange, routingKey: routingKey, isRedelivered: isRedelivered,
                    tag: DeliveryTag(channel: id, number: tag), properties: content.properties, body: content.body))
        case .returned(let code, let text, let exchange, let routingKey):
            let message = OutboundMessage(
                exchange: exchange, routingKey: routingKey, properties: content.properties, body: content.body)
            if !confirms.returned(message, code: code, text: text) {
                actions.append(.unmatchedReturn(routingKey: routingKey))
            }
        }
    }

    private func violation(_ text: String, into actions: inout [ChannelAction]) {
        actions.append(.failConnection(AMQPError(.protocolViolation, "the broker sent \(text)")))
    }

    /// `basic.publish`: class 60, method 40.
    private static let publishNumber: UInt32 = 60 << 16 | 40
}
