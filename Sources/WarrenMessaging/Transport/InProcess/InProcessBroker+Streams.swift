import AMQPMessages

extension InProcessBroker {
    mutating func tail(_ name: String, from start: StreamStart) throws(MessagingError) -> (Int, BrokerActions) {
        try checkOpen()
        guard let queue = queueNumbers[name] else {
            throw MessagingError(.missing, "There is no stream '\(name)'. Provision the task hub's topology first.")
        }
        guard let stream = queues[queue]?.stream else {
            throw MessagingError(
                .unsupported,
                "The queue '\(name)' is no stream: it was declared without the type 'stream'. Consume it.")
        }
        lastConsumer += 1
        tails[lastConsumer] = BrokerTail(queue: queue, next: stream.offset(of: start))
        queues[queue]?.stream?.readers.insert(lastConsumer)
        return (lastConsumer, finish())
    }

    /// Handles a reader of a stream that asks for more.
    mutating func readTail(_ number: Int, waiter: BrokerConsumer.Waiter) -> (Reading, BrokerActions) {
        let batch = takeRecords(number)
        guard batch.isEmpty else { return (.batch(.records(batch)), finish()) }
        // A second reader replaces the first, as with consumers.
        var actions = BrokerActions()
        if let earlier = tails[number]?.waiter { actions.resume.append((earlier, nil)) }
        tails[number]?.waiter = waiter
        return (.later, actions)
    }

    mutating func closeTail(_ number: Int) -> BrokerActions {
        guard let tail = tails.removeValue(forKey: number) else { return BrokerActions() }
        queues[tail.queue]?.stream?.readers.remove(number)
        var actions = finish()
        if let waiter = tail.waiter { actions.resume.append((waiter, nil)) }
        return actions
    }

    /// Stores a record, or does what a planted fault says. Returns whether the publish has to wait.
    mutating func store(_ record: InboundMessage, in queue: Int, _ receipt: BrokerQueue.Receipt) -> Bool {
        switch nextFault(of: queues[queue]?.name) {
        case .lose: return false
        case .refuse:
            publishes[receipt.publish]?.outcomes[receipt.index] = .refused
            return false
        case .unroutable:
            publishes[receipt.publish]?.outcomes[receipt.index] = .returned(code: 312, text: "NO_ROUTE")
            return false
        case .delay:
            queues[queue]?.stream?.delayed.append((record, receipt))
            return true
        case .repeatNext:
            queues[queue]?.stream?.append(record)
            queues[queue]?.stream?.append(record)
        case nil:
            queues[queue]?.stream?.append(record)
        }
        touchedStreams.append(queue)
        return false
    }

    private mutating func nextFault(of stream: String?) -> StreamFault? {
        guard !faults.isEmpty, let stream, var planted = faults[stream], !planted.isEmpty else { return nil }
        let fault = planted.removeFirst()
        if let rest = fault.rest { planted.insert(rest, at: 0) }
        faults[stream] = planted
        return fault
    }

    /// Stores the records that were held back, and confirms them.
    mutating func release(_ stream: String) -> BrokerActions {
        // What is left of the delay ends too.
        faults[stream]?.removeAll { if case .delay = $0 { true } else { false } }
        guard let queue = queueNumbers[stream], let delayed = queues[queue]?.stream?.delayed else {
            return BrokerActions()
        }
        queues[queue]?.stream?.delayed = []
        for (record, receipt) in delayed {
            queues[queue]?.stream?.append(record)
            settle(receipt)
        }
        touchedStreams.append(queue)
        return finish()
    }

    /// Gives new records to the readers that wait for them.
    mutating func wakeTails(_ actions: inout BrokerActions) {
        for queue in touchedStreams {
            for number in queues[queue]?.stream?.readers.sorted() ?? [] {
                guard let waiter = tails[number]?.waiter else { continue }
                let batch = takeRecords(number)
                guard !batch.isEmpty else { continue }
                tails[number]?.waiter = nil
                actions.resume.append((waiter, .records(batch)))
            }
        }
        touchedStreams.removeAll(keepingCapacity: true)
    }

    private mutating func takeRecords(_ number: Int) -> [InboundMessage] {
        guard let tail = tails[number], tail.limit > 0 else { return [] }
        let batch = queues[tail.queue]?.stream?.batch(from: tail.next, atMost: tail.limit) ?? []
        if let last = batch.last?.streamOffset { tails[number]?.next = last + 1 }
        return batch
    }

    /// Whether every reader of a stream has read everything.
    var areTailsAtEnd: Bool {
        tails.values.allSatisfy { $0.next >= queues[$0.queue]?.stream?.end ?? 0 }
    }

    /// Deletes a queue with everything in it. Its readers end with an error.
    mutating func delete(_ name: String) throws(MessagingError) -> BrokerActions {
        try checkOpen()
        guard let number = queueNumbers[name], let queue = queues[number] else { return BrokerActions() }
        guard !queue.isExclusive else {
            throw MessagingError(.inUse, "The queue '\(name)' belongs to somebody else, and ends with its reader.")
        }
        let reason = MessagingError(
            .missing, "The queue '\(name)' was deleted. Provision the task hub's topology again.")
        var lost = queue.ready.compactMap(\.receipt) + (queue.stream?.delayed.map(\.1) ?? [])
        var waiters: [BrokerConsumer.Waiter] = []
        if !queue.consumers.isEmpty { busy -= queue.count }
        for consumer in queue.consumers {
            consumers[consumer.number] = nil
            if let lock = consumer.lock { locks.remove(lock) }
            lost += consumer.returned().compactMap(\.receipt)
            failures[consumer.number] = reason
            if let waiter = consumer.waiter { waiters.append(waiter) }
        }
        for reader in queue.stream?.readers.sorted() ?? [] {
            failures[reader] = reason
            if let waiter = tails.removeValue(forKey: reader)?.waiter { waiters.append(waiter) }
        }
        removeQueue(number)
        for receipt in lost {
            publishes[receipt.publish]?.outcomes[receipt.index] = .unknown(reason: "the queue was deleted")
            settle(receipt)
        }
        var actions = finish()
        actions.resume += waiters.map { ($0, nil) }
        return actions
    }
}
