public import AMQPMessages

/// Exchanges, queues and bindings as data.
public struct Topology: Sendable, Hashable {
    /// The exchanges.
    public var exchanges: [Exchange] = []
    /// The queues.
    public var queues: [Queue] = []
    /// The bindings of queues to exchanges.
    public var bindings: [Binding] = []

    /// Exchanges, queues and bindings; by default none.
    public init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }

    /// A durable exchange.
    public struct Exchange: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The kind, which decides how routing keys are matched.
        public var kind: ExchangeKind
        /// The arguments of the declaration.
        public var arguments: FieldTable
        /// The arguments with which an earlier version declared the exchange. An exchange that exists with them is
        /// accepted as it is: replacing it would remove the bindings of other programs and refuse messages published
        /// meanwhile.
        public var earlierArguments: FieldTable?

        /// A durable exchange.
        public init(
            name: String, kind: ExchangeKind, arguments: FieldTable = [:], earlierArguments: FieldTable? = nil
        ) {
            self.name = name
            self.kind = kind
            self.arguments = arguments
            self.earlierArguments = earlierArguments
        }

        /// The exchange as an earlier version declared it; `nil` if no version declared it differently.
        public var earlier: Exchange? {
            earlierArguments.map { Exchange(name: name, kind: kind, arguments: $0) }
        }
    }

    /// The kind of an exchange: the raw value is its name in AMQP.
    public enum ExchangeKind: String, Sendable, Hashable {
        case direct, topic, fanout, headers
    }

    /// A durable queue.
    public struct Queue: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The arguments of the declaration; `x-queue-type` is `quorum`, `classic` or `stream`.
        public var arguments: FieldTable
        /// Whether one that exists is accepted whatever its arguments are, because its size is chosen when it is
        /// declared for the first time.
        public var keepsArguments: Bool

        /// A durable queue.
        public init(name: String, arguments: FieldTable = [:], keepsArguments: Bool = false) {
            self.name = name
            self.arguments = arguments
            self.keepsArguments = keepsArguments
        }
    }

    /// A binding: messages of the exchange with a key that matches go to the queue.
    public struct Binding: Sendable, Hashable {
        /// The name of the queue.
        public var queue: String
        /// The name of the exchange.
        public var exchange: String
        /// The key; of a topic exchange a pattern with `*` and `#`.
        public var routingKey: String

        /// A binding.
        public init(queue: String, exchange: String, routingKey: String) {
            self.queue = queue
            self.exchange = exchange
            self.routingKey = routingKey
        }
    }
}
