import AMQPMessages

extension InProcessBroker {
    /// The result of a read: messages at once, the end, or a wait.
    enum Reading {
        case batch(BrokerBatch)
        case ended
        case later
    }

    mutating func consume(_ name: String, prefetch: Int) throws(MessagingError) -> (Int, BrokerActions) {
        try checkOpen()
        guard let queue = queueNumbers[name] else {
            throw MessagingError(.missing, "There is no queue '\(name)'. Provision the task hub's topology first.")
        }
        guard queues[queue]?.isExclusive != true else {
            throw MessagingError(.inUse, "The queue '\(name)' belongs to another consumer. Choose another name.")
        }
        guard queues[queue]?.stream == nil else {
            throw MessagingError(
                .unsupported, "'\(name)' is a stream: nothing can be taken from it. Tail it from an offset.")
        }
        return (addConsumer(of: queue, prefetch: prefetch, acknowledges: true), finish())
    }

    /// Takes a lock, which is then given to a consumer or released.
    mutating func acquire(_ lock: String) throws(MessagingError) {
        try checkOpen()
        guard locks.insert(lock).inserted else {
            throw MessagingError(.inUse, "Somebody else holds '\(lock)'. Wait until it is let go of.")
        }
    }

    mutating func consumeReplies(_ name: String) throws(MessagingError) -> (Int, BrokerActions) {
        try checkOpen()
        guard queueNumbers[name] == nil else {
            throw MessagingError(.inUse, "The queue '\(name)' exists. Choose another name for replies.")
        }
        let queue = addQueue(BrokerQueue(name: name, arguments: [:], isExclusive: true))
        return (addConsumer(of: queue, prefetch: 0, acknowledges: false), finish())
    }

    mutating func watch(
        _ exchange: String, routingKey: String, queue name: String, prefetch: Int
    ) throws(MessagingError) -> (Int, BrokerActions) {
        try checkOpen()
        guard queueNumbers[name] == nil else {
            throw MessagingError(.inUse, "The queue '\(name)' exists. Choose another name for watching.")
        }
        guard exchanges[exchange] != nil else {
            throw MessagingError(
                .missing, "There is no exchange '\(exchange)'. Provision the task hub's topology first.")
        }
        let queue = addQueue(BrokerQueue(name: name, arguments: TaskHubTopology.watching, isExclusive: true))
        exchanges[exchange]?.bind(.init(queue: name, exchange: exchange, routingKey: routingKey), to: queue)
        return (addConsumer(of: queue, prefetch: prefetch, acknowledges: true), finish())
    }

    private mutating func addConsumer(of queue: Int, prefetch: Int, acknowledges: Bool) -> Int {
        lastConsumer += 1
        let number = lastConsumer
        let consumer = BrokerConsumer(
            number: number, queue: queue, prefetch: prefetch > 0 ? prefetch : .max, acknowledges: acknowledges)
        consumers[number] = consumer
        if let reading = queues[queue], reading.consumers.isEmpty { busy += reading.count }
        queues[queue]?.consumers.append(consumer)
        touch(queue)
        return number
    }

    /// Handles a reader of a subscription that asks for more.
    mutating func read(_ number: Int, waiter: BrokerConsumer.Waiter) -> (Reading, BrokerActions) {
        if tails[number] != nil { return readTail(number, waiter: waiter) }
        guard let consumer = consumers[number] else { return (.ended, BrokerActions()) }
        guard consumer.mailbox.isEmpty else {
            let batch = consumer.mailbox
            consumer.mailbox = []
            taken(batch.count, by: consumer)
            return (.batch(.deliveries(batch)), finish())
        }
        // There is one reader at a time: a second one replaces the first, which then reads the end.
        var actions = BrokerActions()
        if let earlier = consumer.waiter { actions.resume.append((earlier, nil)) }
        consumer.waiter = waiter
        return (.later, actions)
    }

    /// Handles the cancellation of the reader's task.
    mutating func stopReading(_ number: Int) -> BrokerActions {
        var actions = BrokerActions()
        if let waiter = consumers[number]?.waiter {
            consumers[number]?.waiter = nil
            actions.resume.append((waiter, nil))
        }
        if let waiter = tails[number]?.waiter {
            tails[number]?.waiter = nil
            actions.resume.append((waiter, nil))
        }
        return actions
    }

    mutating func acknowledge(_ tags: [DeliveryTag], by number: Int) -> BrokerActions {
        if let consumer = consumers[number], let queue = queues[consumer.queue] {
            for tag in tags {
                guard let entry = consumer.acknowledge(tag) else { continue }
                queue.unacknowledged -= 1
                busy -= 1
                if let receipt = entry.receipt { settle(receipt) }
                touch(consumer.queue)
            }
        }
        return finish()
    }

    /// Changes the prefetch of a consumer, and delivers what the new one allows.
    mutating func setPrefetch(_ prefetch: Int, of number: Int) -> BrokerActions {
        if let tail = tails[number] {
            tails[number]?.limit = prefetch
            touchedStreams.append(tail.queue)
            return finish()
        }
        guard let queue = consumers[number]?.queue else { return BrokerActions() }
        consumers[number]?.prefetch = prefetch
        touch(queue)
        return finish()
    }

    /// Ends a consumer. Its unacknowledged messages return to the queue, in order, for the next consumer.
    mutating func close(_ number: Int) -> BrokerActions {
        failures[number] = nil
        if tails[number] != nil { return closeTail(number) }
        guard let consumer = consumers[number] else { return BrokerActions() }
        consumers[number] = nil
        if let lock = consumer.lock { locks.remove(lock) }
        let queue = consumer.queue
        if let exclusive = queues[queue], exclusive.isExclusive {
            busy -= exclusive.count
            removeQueue(queue)
        } else {
            queues[queue]?.consumers.removeAll { $0.number == number }
            queues[queue]?.turn = 0
            queues[queue]?.requeue(consumer.returned())
            if let left = queues[queue], left.consumers.isEmpty { busy -= left.count }
            touch(queue)
        }
        var actions = finish()
        if let waiter = consumer.waiter { actions.resume.append((waiter, nil)) }
        return actions
    }

    /// Ends everything: messages that are not settled end as unknown.
    mutating func shutdown() -> BrokerActions {
        isClosed = true
        var resumed: [(BrokerConsumer.Waiter, BrokerBatch?)] = []
        for number in consumers.keys.sorted() {
            if let waiter = consumers[number]?.waiter { resumed.append((waiter, nil)) }
            consumers[number] = nil
        }
        for number in tails.keys.sorted() {
            if let waiter = tails.removeValue(forKey: number)?.waiter { resumed.append((waiter, nil)) }
        }
        for case let publish? in publishes {
            var outcomes = publish.outcomes
            for index in outcomes.indices where publish.open[index] > 0 {
                outcomes[index] = .unknown(reason: "the transport was shut down before the message was acknowledged")
            }
            completions.append((publish.completion, outcomes))
        }
        publishes = []
        freePublishes = []
        locks = []
        queues = []
        freeQueues = []
        queueNumbers = [:]
        exchanges = [:]
        unsettled = 0
        busy = 0
        var actions = finish()
        actions.resume += resumed
        return actions
    }

    func checkOpen() throws(MessagingError) {
        if isClosed { throw MessagingError(.closed, "The transport is shut down. Make a new one.") }
    }
}
