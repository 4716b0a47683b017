import AMQPMessages

extension InProcessBroker {
    mutating func provision(_ topology: Topology) throws(MessagingError) -> [String] {
        try checkOpen()
        var earlier: [String] = []
        for exchange in topology.exchanges {
            guard exchange.kind != .headers else {
                throw MessagingError(
                    .unsupported,
                    "The in-process transport has no headers exchanges ('\(exchange.name)'). Use a topic exchange.")
            }
            if let existing = exchanges[exchange.name] {
                if try isEarlier(existing, than: exchange) { earlier.append(exchange.name) }
            } else {
                exchanges[exchange.name] = BrokerExchange(exchange)
            }
        }
        for queue in topology.queues {
            if let existing = queueNumbers[queue.name].flatMap({ queues[$0] }) {
                try check(existing, is: queue)
            } else {
                _ = addQueue(BrokerQueue(name: queue.name, arguments: queue.arguments))
            }
        }
        for binding in topology.bindings {
            guard let queue = queueNumbers[binding.queue] else { throw missing("queue", binding.queue) }
            guard exchanges[binding.exchange] != nil else { throw missing("exchange", binding.exchange) }
            exchanges[binding.exchange]?.bind(binding, to: queue)
        }
        return earlier
    }

    func verify(_ topology: Topology) throws(MessagingError) -> [String] {
        try checkOpen()
        var earlier: [String] = []
        for exchange in topology.exchanges {
            guard let existing = exchanges[exchange.name] else { throw missing("exchange", exchange.name) }
            if try isEarlier(existing, than: exchange) { earlier.append(exchange.name) }
        }
        for queue in topology.queues {
            guard let existing = queueNumbers[queue.name].flatMap({ queues[$0] }) else {
                throw missing("queue", queue.name)
            }
            try check(existing, is: queue)
        }
        for binding in topology.bindings where exchanges[binding.exchange]?.bindings.contains(binding) != true {
            throw missing(
                "binding", "\(binding.exchange) -> \(binding.queue) with key '\(binding.routingKey)'")
        }
        return earlier
    }

    mutating func addQueue(_ queue: BrokerQueue) -> Int {
        let number = freeQueues.popLast() ?? queues.count
        if number == queues.count { queues.append(queue) } else { queues[number] = queue }
        queueNumbers[queue.name] = number
        return number
    }

    /// Removes a queue and the bindings to it. Its messages and consumers are the caller's to account for.
    mutating func removeQueue(_ number: Int) {
        guard let queue = queues[number] else { return }
        for name in Array(exchanges.keys) { exchanges[name]?.unbind(queue.name, number) }
        queueNumbers[queue.name] = nil
        queues[number] = nil
        freeQueues.append(number)
    }

    /// Whether an exchange is as an earlier version declared it.
    private func isEarlier(_ existing: BrokerExchange, than wanted: Topology.Exchange) throws(MessagingError) -> Bool {
        let found = existing.declaration
        guard found.kind == wanted.kind, found.arguments == wanted.arguments || wanted.earlier == found else {
            throw MessagingError(
                .different, "The exchange '\(wanted.name)' exists with another type or other arguments.")
        }
        return found.arguments != wanted.arguments
    }

    private func check(_ existing: BrokerQueue, is wanted: Topology.Queue) throws(MessagingError) {
        let isSame =
            wanted.keepsArguments
            ? existing.arguments["x-queue-type"] == wanted.arguments["x-queue-type"]
            : existing.arguments == wanted.arguments
        guard isSame, !existing.isExclusive else {
            throw MessagingError(.different, "The queue '\(wanted.name)' exists with other arguments.")
        }
    }

    private func missing(_ kind: String, _ name: String) -> MessagingError {
        MessagingError(.missing, "There is no \(kind) '\(name)'. Provision the task hub's topology first.")
    }
}
