import AMQPMessages

/// An exchange of the in-process broker: maps a routing key to queues.
struct BrokerExchange {
    let declaration: Topology.Exchange
    let alternate: String?

    private(set) var bindings: Set<Topology.Binding> = []
    private var direct: [String: [Int]] = [:]
    private var patterns: [(pattern: TopicPattern, queue: Int)] = []
    private var all: [Int] = []

    init(_ declaration: Topology.Exchange) {
        self.declaration = declaration
        alternate = declaration.arguments["alternate-exchange"]?.string
    }

    /// Adds a binding; binding twice changes nothing.
    mutating func bind(_ binding: Topology.Binding, to queue: Int) {
        guard bindings.insert(binding).inserted else { return }
        switch declaration.kind {
        case .direct:
            if direct[binding.routingKey]?.contains(queue) != true {
                direct[binding.routingKey, default: []].append(queue)
            }
        case .topic:
            let pattern = TopicPattern(binding.routingKey)
            if pattern.matchesAll { insert(queue) } else { patterns.append((pattern, queue)) }
        case .fanout, .headers:
            insert(queue)
        }
    }

    /// Removes the bindings to a removed queue; its number may be used for another queue.
    mutating func unbind(_ name: String, _ queue: Int) {
        let gone = bindings.filter { $0.queue == name }
        guard !gone.isEmpty else { return }
        bindings.subtract(gone)
        for key in Array(direct.keys) { direct[key]?.removeAll { $0 == queue } }
        patterns.removeAll { $0.queue == queue }
        all.removeAll { $0 == queue }
    }

    /// Adds the queues of a key, each once.
    func route(_ key: String, into queues: inout [Int]) {
        for queue in all where !queues.contains(queue) { queues.append(queue) }
        switch declaration.kind {
        case .direct:
            for queue in direct[key] ?? [] where !queues.contains(queue) { queues.append(queue) }
        case .topic:
            for (pattern, queue) in patterns where !queues.contains(queue) && pattern.matches(key) {
                queues.append(queue)
            }
        case .fanout, .headers: break
        }
    }

    private mutating func insert(_ queue: Int) {
        if !all.contains(queue) { all.append(queue) }
    }
}
