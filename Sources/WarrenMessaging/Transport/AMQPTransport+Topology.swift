import AMQP

extension AMQPTransport {
    @discardableResult
    package func provision(_ topology: Topology) async throws -> [String] {
        let earlier = try await declare(topology.exchanges) { channel, exchange in try await channel.declare(exchange) }
        // The broker closes the channel of a question about a queue that is not there.
        var missing: [Topology.Queue] = []
        for queue in topology.queues {
            if queue.keepsArguments, try await exists(queue.name) { continue }
            missing.append(queue)
        }
        let queues = missing
        try await consuming.withChannel { channel in
            for queue in queues {
                try await explaining("queue '\(queue.name)'") { try await channel.declare(queue) }
            }
            for binding in topology.bindings {
                try await explaining(Self.name(of: binding)) { try await channel.bind(binding) }
            }
        }
        return earlier
    }

    /// Declares every exchange and queue passively, then with its arguments: the first declaration finds a missing one
    /// without creating it, the second a different one.
    ///
    /// AMQP 0-9-1 has no way to ask for a binding. Each is made again, which changes nothing where it exists and
    /// repairs what is missing.
    @discardableResult
    package func verify(_ topology: Topology) async throws -> [String] {
        let earlier = try await declare(topology.exchanges) { channel, exchange in
            try await channel.declareExchange(exchange.name, isPassive: true)
            try await channel.declare(exchange)
        }
        try await consuming.withChannel { channel in
            for queue in topology.queues {
                try await explaining("queue '\(queue.name)'") {
                    try await channel.declareQueue(queue.name, isPassive: true)
                    if !queue.keepsArguments { try await channel.declare(queue) }
                }
            }
            for binding in topology.bindings {
                try await explaining(Self.name(of: binding)) { try await channel.bind(binding) }
            }
        }
        return earlier
    }

    /// Declares exchanges; one that differs is tried as an earlier version declared it. The broker closes the channel
    /// of a declaration that it refuses, so the remaining declarations use another channel.
    ///
    /// - Returns: the names of the exchanges that exist as an earlier version declared them.
    private func declare(
        _ exchanges: [Topology.Exchange],
        _ body: @escaping @Sendable (AMQPChannel, Topology.Exchange) async throws -> Void
    ) async throws -> [String] {
        var earlier: [String] = []
        var rest = exchanges[...]
        while !rest.isEmpty {
            let turn = rest
            let (done, problem) = try await consuming.withChannel { channel in
                for (index, exchange) in turn.enumerated() {
                    do {
                        try await explaining("exchange '\(exchange.name)'") { try await body(channel, exchange) }
                    } catch {
                        return (index, error as (any Error)?)
                    }
                }
                return (turn.count, nil)
            }
            rest = rest.dropFirst(done)
            guard let problem else { break }
            guard let refused = rest.popFirst(), let known = refused.earlier,
                (problem as? MessagingError)?.code == .different
            else { throw problem }
            do {
                try await consuming.withChannel { try await $0.declare(known) }
            } catch {
                // The error reports the arguments of the present version.
                throw problem
            }
            earlier.append(refused.name)
        }
        return earlier
    }

    package func deleteExchange(_ exchange: String) async throws {
        try await explaining("exchange '\(exchange)'") {
            try await consuming.withChannel { try await $0.deleteExchange(exchange) }
        }
    }

    package func broker() async throws -> BrokerFacts? {
        let identity = try await consuming.broker()
        return BrokerFacts(
            product: identity.product, version: identity.version, cluster: identity.cluster,
            isEncrypted: consuming.endpoint.tls != nil)
    }

    private func exists(_ queue: String) async throws -> Bool {
        do {
            _ = try await load(of: queue)
            return true
        } catch let error as MessagingError where error.code == .missing {
            return false
        }
    }

    private static func name(of binding: Topology.Binding) -> String {
        "binding \(binding.exchange) -> \(binding.queue) with key '\(binding.routingKey)'"
    }
}

private func explaining(_ subject: String, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as AMQPError {
        throw MessagingError.explaining(error, about: subject)
    }
}

extension AMQPChannel {
    fileprivate func declare(_ exchange: Topology.Exchange) async throws {
        try await declareExchange(exchange.name, kind: exchange.kind.rawValue, arguments: exchange.arguments)
    }

    fileprivate func declare(_ queue: Topology.Queue) async throws {
        try await declareQueue(queue.name, arguments: queue.arguments)
    }

    fileprivate func bind(_ binding: Topology.Binding) async throws {
        try await bindQueue(binding.queue, exchange: binding.exchange, routingKey: binding.routingKey)
    }
}
