package import AMQPMessages
package import WarrenMessaging

/// One process's connection to the broker.
package final class SimConnection: MessageTransport, @unchecked Sendable {
    private struct Pending {
        var messages: [OutboundMessage]
        var outcomes: [PublishOutcome?]
        var completion: ([PublishOutcome]) -> Void
    }

    let name: String
    /// The life of its process; `nil` for one that is never frozen.
    private let life: SimLife?
    let broker: SimBroker
    private var world: SimWorld { broker.world }
    private var faults: SimFaults { broker.faults }
    /// Whether its process has died: its actions have no effect any more.
    package private(set) var isDead = false
    /// Called for every delivery that is acknowledged, at that moment.
    var onAcknowledge: (InboundMessage, String) -> Void = { _, _ in }
    /// Called for every message, when it is published.
    var onPublish: (OutboundMessage) -> Void = { _ in }
    /// Called for every message that its publisher considers safe or hopeless.
    var onOutcome: (OutboundMessage, PublishOutcome) -> Void = { _, _ in }
    /// Switches for planted bugs.
    var acknowledgesEarly = false
    var losesConfirmed = false
    private var pending: [Int: Pending] = [:]
    private var lastPublish = 0
    private var lastArrival: Int64 = 0
    private var blockedUntil: Int64 = 0
    private var generation = 0
    private var alarms = 0
    private var subscriptions: [SimSubscription] = []
    private var tails: [SimTail] = []
    private var isLost = false
    private var isBlocked = false
    private(set) var isDropped = false
    private var blockObservers: [(String?) -> Void] = []
    private var lossObservers: [(Bool) -> Void] = []

    init(_ name: String, _ broker: SimBroker, life: SimLife? = nil) {
        self.name = name
        self.life = life
        self.broker = broker
    }

    // MARK: - Publishing

    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        guard !isDead else {
            // The code of a dead process ends, without any effect.
            if isJournal(messages) {
                world.after(1) { completion(messages.map { _ in .unknown(reason: "the process is dead") }) }
            }
            return
        }
        guard !messages.isEmpty else { return world.after(1) { completion([]) } }
        lastPublish += 1
        let number = lastPublish
        pending[number] = Pending(
            messages: messages, outcomes: messages.map { _ in nil }, completion: completion)
        for message in messages { onPublish(message) }
        // Messages of one connection arrive in order.
        var time = max(world.time + faults.delay("publish", name, most: 500), lastArrival, blockedUntil)
        let generation = generation
        for (index, message) in messages.enumerated() {
            time += 1
            world.after(time - world.time) { [self] in
                guard generation == self.generation else { return broker.arriveLate(message) }
                arrive(message, number, index)
            }
        }
        lastArrival = time
    }

    private func isJournal(_ messages: [OutboundMessage]) -> Bool {
        messages.contains {
            $0.exchange.isEmpty && (broker.streams[$0.routingKey] != nil || $0.routingKey.contains(".snapshot."))
        }
    }

    /// Runs a closure of the process.
    func inProcess(_ body: @escaping () -> Void) {
        if let life { life.run(body) } else { body() }
    }

    private func arrive(_ message: OutboundMessage, _ number: Int, _ index: Int) {
        if message.exchange.isEmpty, let stream = broker.streams[message.routingKey] {
            if isDropped, SimJournal.isClaim(message.body) {
                // Only the consumer of a partition's queue claims it.
                return settle(number, index, .unknown(reason: "it is not the consumer"))
            }
            let generation = generation
            return broker.append(message, to: stream) { [self] outcome in
                if generation == self.generation { settle(number, index, outcome) }
            }
        }
        let entity = SimNames.of(message)
        if losesConfirmed, broker.world.draws.number("bug", entity, number) % 8 == 0 {
            return settle(number, index, .confirmed)
        }
        if faults.strikes(.lost, of: entity) != nil { return leaveUnconfirmed(number, index, entity) }
        let outcome = broker.arrive(message, from: self, entity: entity)
        world.trace { "publish \(entity)\(outcome == .confirmed ? "" : " -> \(outcome)")" }
        if outcome == .confirmed, faults.strikes(.confirmLost, of: entity) != nil {
            return leaveUnconfirmed(number, index, entity)
        }
        settle(number, index, outcome)
    }

    /// Ends a message that the broker does not confirm: with its channel, or, for some messages of hosts, when its sender
    /// has waited long enough.
    private func leaveUnconfirmed(_ number: Int, _ index: Int, _ entity: String) {
        guard life != nil, broker.world.draws.number("silence", entity, number) % 4 == 0 else {
            return settle(number, index, .unknown(reason: "the channel ended"))
        }
        let generation = generation
        world.after(SimBroker.confirmPatience) { [self] in
            guard generation == self.generation else { return }
            settle(number, index, .unconfirmed(after: .microseconds(SimBroker.confirmPatience)))
        }
    }

    private func settle(_ number: Int, _ index: Int, _ outcome: PublishOutcome) {
        pending[number]?.outcomes[index] = outcome
        guard let publish = pending[number], publish.outcomes.allSatisfy({ $0 != nil }) else { return }
        let generation = generation
        world.after(faults.delay("confirm", name, most: 500)) { [self] in
            guard generation == self.generation else { return }
            inProcess { [self] in finish(number) }
        }
    }

    private func finish(_ number: Int) {
        guard let publish = pending.removeValue(forKey: number) else { return }
        let outcomes = publish.outcomes.map { $0 ?? .unknown(reason: "the connection ended") }
        for (message, outcome) in zip(publish.messages, outcomes) { onOutcome(message, outcome) }
        publish.completion(outcomes)
    }

    // MARK: - Consuming

    package func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        subscribe(queue, prefetch: prefetch)
    }

    package func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        subscribe(queue, prefetch: prefetch)
    }

    package func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        broker.declare(queue)
        return subscribe(queue, prefetch: .max)
    }

    /// Consumes a queue.
    package func subscribe(_ queue: String, prefetch: Int) -> SimSubscription {
        let subscription = SimSubscription(queue, prefetch: prefetch, of: self)
        subscriptions.append(subscription)
        if isDropped { subscription.interrupt() } else if !isDead { broker.consume(queue, subscription.consumer) }
        return subscription
    }

    @discardableResult
    package func provision(_ topology: Topology) async throws -> [String] {
        try await reachBroker()
        for queue in topology.queues where queue.arguments["x-queue-type"] == "stream" {
            broker.declareStream(queue.name)
        }
        return []
    }

    package func deleteQueue(_ queue: String) async throws {
        try await reachBroker()
        world.trace { "** \(queue) is deleted" }
        broker.deleteStream(queue)
    }

    /// Takes the time of a command and its answer.
    private func reachBroker() async throws {
        let isReached: Bool = await withUnsafeContinuation { continuation in
            world.after(faults.delay("command", name, most: 500)) { [self] in
                // The code of a dead process ends, without any effect.
                if isDead { return continuation.resume(returning: false) }
                inProcess { continuation.resume(returning: true) }
            }
        }
        if isDead || isLost || !isReached { throw MessagingError(.interrupted, "There is no connection.") }
    }

    @discardableResult
    package func verify(_ topology: Topology) async throws -> [String] { [] }

    package func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        guard let stream = broker.streams[stream], !isDead else {
            throw MessagingError(.missing, "There is no stream.")
        }
        let tail = SimTail(stream, from: start, of: self)
        if isLost { tail.interrupt() }
        tails.append(tail)
        return tail
    }

    package var blockedReason: String? { isBlocked ? "low on memory" : nil }

    /// Takes its queues away from the process, which does not learn of it. Its messages still arrive.
    func dropConsumers() {
        isDropped = true
        for subscription in subscriptions { subscription.interrupt() }
    }

    package func depth(of queue: String) async throws -> Int {
        if broker.queues[queue] != nil { return waiting(in: queue) }
        try await reachBroker()
        guard let stream = broker.streams[queue] else { throw MessagingError(.missing, "There is no queue.") }
        return stream.records.count
    }

    /// The number of messages that wait in a queue.
    package func waiting(in queue: String) -> Int { broker.queues[queue]?.ready.count ?? 0 }

    package func observeBlocking(_ observer: @escaping @Sendable (_ reason: String?) -> Void) {
        blockObservers.append(observer)
    }

    package func observeLoss(_ observer: @escaping @Sendable (_ isLost: Bool) -> Void) {
        lossObservers.append(observer)
    }

    package func shutdown() async { die() }

    // MARK: - Troubles

    /// Puts the broker in an alarm: messages that are published arrive only after its end.
    func block(for time: Int64) {
        guard !isDead else { return }
        world.trace { "** \(name) is blocked" }
        blockedUntil = max(blockedUntil, world.time + time)
        alarms += 1
        let alarm = alarms
        isBlocked = true
        inProcess { [self] in for observer in blockObservers { observer("low on memory") } }
        world.after(time) { [self] in endAlarm(alarm) }
    }

    private func endAlarm(_ number: Int) {
        guard !isDead, number == alarms else { return }
        alarms += 1
        isBlocked = false
        inProcess { [self] in for observer in blockObservers { observer(nil) } }
    }

    /// Loses the connection, and makes another one after a while.
    func lose(for time: Int64) {
        guard !isDead else { return }
        world.trace { "** \(name) loses its connection" }
        cut()
        // A new connection learns of an alarm when it publishes.
        endAlarm(alarms)
        inProcess { [self] in for observer in lossObservers { observer(true) } }
        blockedUntil = max(blockedUntil, world.time + time)
        world.after(time) { [self] in
            guard !isDead else { return }
            isLost = false
            inProcess { [self] in for observer in lossObservers { observer(false) } }
            if !isDropped { for subscription in subscriptions { subscription.resume() } }
            for tail in tails { tail.resume() }
        }
    }

    private func cut() {
        generation += 1
        lastArrival = 0
        isLost = true
        for subscription in subscriptions { subscription.interrupt() }
        for tail in tails { tail.interrupt() }
        for number in pending.keys.sorted() {
            for index in pending[number]?.outcomes.indices ?? 0..<0 {
                pending[number]?.outcomes[index] = .unknown(reason: "the connection ended")
            }
            world.after(1) { [self] in if !isDead { inProcess { [self] in finish(number) } } }
        }
    }

    /// Ends the connection, because its process is dead.
    func die() {
        guard !isDead else { return }
        isDead = true
        generation += 1
        for (_, publish) in pending.sorted(by: { $0.key < $1.key }) where isJournal(publish.messages) {
            world.after(1) { publish.completion(publish.messages.map { _ in .unknown(reason: "the process is dead") }) }
        }
        pending = [:]
        for tail in tails { tail.finish() }
        tails = []
        for subscription in subscriptions { subscription.interrupt() }
        for subscription in subscriptions { subscription.finish() }
        subscriptions = []
        blockObservers = []
        lossObservers = []
    }

    /// Acknowledges messages early: a planted bug.
    func acknowledgeEarly(_ messages: [InboundMessage], queue: String) {
        guard let subscription = subscriptions.first(where: { $0.consumer.queue == queue }) else { return }
        acknowledge(messages.map(\.tag), of: subscription)
    }

    /// Acknowledges deliveries: the acknowledgement reaches the broker a little later, or never.
    func acknowledge(_ tags: [DeliveryTag], of subscription: SimSubscription) {
        guard !isDead else { return }
        let consumer = subscription.consumer
        for tag in tags where tag.channel == consumer.channel {
            if let entry = consumer.unacknowledged[tag.number] { onAcknowledge(entry.message, consumer.queue) }
        }
        let isLost = faults.strikes(.ackLost, of: consumer.queue) != nil
        world.after(faults.delay("ack", consumer.queue, most: 300)) { [self] in
            guard !isDead, !subscription.isClosed else { return }
            if isLost { broker.endChannel(of: consumer) } else { broker.acknowledged(tags, by: consumer) }
        }
    }
}
