package import AMQPMessages

/// Exchanges, queues and bindings as data.
package struct Topology: Sendable, Hashable {
    package var exchanges: [Exchange] = []
    package var queues: [Queue] = []
    package var bindings: [Binding] = []

    package init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }

    /// A durable exchange.
    package struct Exchange: Sendable, Hashable {
        package var name: String
        package var kind: ExchangeKind
        package var arguments: FieldTable
        /// The arguments with which an earlier version declared the exchange. An exchange that exists with them is
        /// accepted as it is: replacing it would remove the bindings of other programs and refuse messages published
        /// meanwhile.
        package var earlierArguments: FieldTable?

        package init(
            name: String, kind: ExchangeKind, arguments: FieldTable = [:], earlierArguments: FieldTable? = nil
        ) {
            self.name = name
            self.kind = kind
            self.arguments = arguments
            self.earlierArguments = earlierArguments
        }

        /// The exchange as an earlier version declared it; `nil` if no version declared it differently.
        package var earlier: Exchange? {
            earlierArguments.map { Exchange(name: name, kind: kind, arguments: $0) }
        }
    }

    package enum ExchangeKind: String, Sendable, Hashable {
        case direct, topic, fanout, headers
    }

    /// A durable queue.
    package struct Queue: Sendable, Hashable {
        package var name: String
        package var arguments: FieldTable
        /// Whether one that exists is accepted whatever its arguments are, because its size is chosen when it is
        /// declared for the first time.
        package var keepsArguments: Bool

        package init(name: String, arguments: FieldTable = [:], keepsArguments: Bool = false) {
            self.name = name
            self.arguments = arguments
            self.keepsArguments = keepsArguments
        }
    }

    package struct Binding: Sendable, Hashable {
        package var queue: String
        package var exchange: String
        package var routingKey: String

        package init(queue: String, exchange: String, routingKey: String) {
            self.queue = queue
            self.exchange = exchange
            self.routingKey = routingKey
        }
    }
}
