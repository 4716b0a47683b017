import AMQP

extension AMQPTransport {
    package func provision(_ topology: Topology) async throws {
        try await consuming.withChannel { channel in
            for exchange in topology.exchanges {
                try await explaining("exchange '\(exchange.name)'") { try await channel.declare(exchange) }
            }
            for queue in topology.queues {
                try await explaining("queue '\(queue.name)'") { try await channel.declare(queue) }
            }
            for binding in topology.bindings {
                try await explaining(Self.name(of: binding)) { try await channel.bind(binding) }
            }
        }
    }

    /// Looks for every exchange and queue, then declares it with its arguments: a missing one is found by the first and
    /// is not created, a different one by the second.
    ///
    /// AMQP 0-9-1 has no way to ask for a binding. Each is made again, which changes nothing where it exists and repairs
    /// what is missing.
    package func verify(_ topology: Topology) async throws {
        try await consuming.withChannel { channel in
            for exchange in topology.exchanges {
                try await explaining("exchange '\(exchange.name)'") {
                    try await channel.declareExchange(exchange.name, isPassive: true)
                    try await channel.declare(exchange)
                }
            }
            for queue in topology.queues {
                try await explaining("queue '\(queue.name)'") {
                    try await channel.declareQueue(queue.name, isPassive: true)
                    try await channel.declare(queue)
                }
            }
            for binding in topology.bindings {
                try await explaining(Self.name(of: binding)) { try await channel.bind(binding) }
            }
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
