import AMQPMessages
package import Warren

/// The exchanges and queues of a task hub, and the readers of the queues.
///
/// | Queue | Reader |
/// |---|---|
/// | `{h}.intake` | one host at a time: forwards to partitions |
/// | `{h}.query` | the same host: lists and purges, which must not wait behind starts that wait |
/// | `{h}.partition.<nn>` | the partition's owner |
/// | `{h}.partition.<nn>.intake` | the partition's owner: messages from outside that arrived while the partition took none |
/// | `{h}.owner.<nn>` | hosts that start: one message records which store the partition belongs to |
/// | `{h}.journal.<nn>` | hosts, in a hub with the durability `journal`: a stream of the partition's commits |
/// | `{h}.snapshot.<nn>.<id>` | the same: a copy of the partition's file, made and deleted by hosts |
/// | `{h}.hosts` | the same: which hosts there are |
/// | `{h}.activity.<name>` | the workers that registered the activity |
/// | `{h}.dead.activity` | hosts: each work item the broker gave up on becomes a failed activity |
/// | `{h}.console` | people |
/// | `{h}.dead` | operators |
///
/// The exchanges that other programs write to or read from (start, event, entity, control, lifecycle, console) have no
/// arguments: many clients declare an exchange before they use it, as topic and durable, and an argument that they do
/// not know ends their channel (406). No message is unroutable there, since the intake takes every key.
///
/// Arguments are frozen: a queue cannot be declared again with others (406). They state what other versions would
/// choose differently: RabbitMQ 4 gives a quorum queue a delivery limit of 20, 3.x none, and a limit of -1 loses
/// messages on 3.10. Bounds that operators may want to change belong in policies.
package enum TaskHubTopology {
    /// The number of console lines that wait for a reader before the oldest are dropped.
    package static let consoleBound = 100_000

    /// The number of messages that wait in a watching queue before the oldest are dropped.
    package static let watchBound = 10_000

    /// The size of a partition's journal, in bytes, unless another one is chosen.
    package static let journalBytes = 1 << 30
    /// The sizes that a journal may have: below, snapshots would follow each other without a pause.
    package static let journalRange = 64 << 20...1 << 40

    private static let deliveryLimit: FieldValue = 100_000

    /// The topology of a hub without the queues of activities.
    ///
    /// - Parameters:
    ///   - durability: with `.journal`, the hub has a stream for each partition, and one of its hosts.
    ///   - journalBytes: the size beyond which the oldest part of a partition's journal is removed. The broker removes
    ///     whole segments only: a segment has an eighth of the size, but at least 1 MiB and at most 64 MiB. A journal
    ///     that exists keeps its size.
    package static func hub(
        _ hub: TaskHubName, partitions count: Int, durability: Durability = .local, journalBytes: Int = journalBytes
    ) -> Topology {
        var topology = Topology()
        let earlier: FieldTable = ["alternate-exchange": .string(hub.unroutedExchange)]
        topology.exchanges = [
            .init(name: hub.startExchange, kind: .topic, earlierArguments: earlier),
            .init(name: hub.eventExchange, kind: .topic, earlierArguments: earlier),
            .init(name: hub.controlExchange, kind: .topic, earlierArguments: earlier),
            .init(name: hub.entityExchange, kind: .topic),
            .init(name: hub.queryExchange, kind: .topic),
            .init(name: hub.partitionExchange, kind: .direct),
            .init(name: hub.activityExchange, kind: .direct),
            .init(name: hub.resultExchange, kind: .direct),
            .init(name: hub.lifecycleExchange, kind: .topic),
            .init(name: hub.consoleExchange, kind: .topic),
            .init(name: hub.deadExchange, kind: .topic),
        ]

        // The dead-letter queues come first: at-least-once dead lettering needs an existing target.
        topology.queues = [
            .init(name: hub.deadQueue, arguments: quorum),
            .init(name: hub.activityDeadQueue, arguments: quorum),
        ]
        // Streams precede the partitions' queues, so that a hub with partitions never lacks the journals of some.
        if durability == .journal { topology.queues += streams(of: hub, partitions: count, journalBytes) }
        topology.queues += [
            .init(name: hub.consoleQueue, arguments: console),
            .init(name: hub.intakeQueue, arguments: ordered(hub)),
            .init(name: hub.queryQueue, arguments: ordered(hub)),
        ]
        topology.bindings = [
            .init(queue: hub.deadQueue, exchange: hub.deadExchange, routingKey: "#"),
            .init(queue: hub.activityDeadQueue, exchange: hub.deadExchange, routingKey: "work"),
            .init(queue: hub.consoleQueue, exchange: hub.consoleExchange, routingKey: "#"),
            .init(queue: hub.intakeQueue, exchange: hub.startExchange, routingKey: "#"),
            .init(queue: hub.intakeQueue, exchange: hub.eventExchange, routingKey: "#"),
            .init(queue: hub.intakeQueue, exchange: hub.controlExchange, routingKey: "#"),
            .init(queue: hub.intakeQueue, exchange: hub.entityExchange, routingKey: "#"),
            .init(queue: hub.queryQueue, exchange: hub.queryExchange, routingKey: "#"),
        ]
        for partition in 0..<count {
            let queue = hub.partitionQueue(partition, of: count)
            topology.queues.append(.init(name: queue, arguments: ordered(hub)))
            topology.bindings.append(
                .init(queue: queue, exchange: hub.partitionExchange, routingKey: hub.partitionKey(partition)))
            topology.bindings.append(.init(queue: queue, exchange: hub.resultExchange, routingKey: queue))
            let detour = hub.detourQueue(partition, of: count)
            topology.queues.append(.init(name: detour, arguments: ordered(hub)))
            topology.bindings.append(
                .init(queue: detour, exchange: hub.partitionExchange, routingKey: hub.detourKey(partition)))
            topology.queues.append(.init(name: hub.ownerQueue(partition, of: count), arguments: owner))
        }
        return topology
    }

    /// The queues of activities, in the order of their names.
    package static func activities(_ names: some Collection<String>, of hub: TaskHubName) -> Topology {
        var topology = Topology()
        for name in names.sorted() {
            let queue = hub.activityQueue(name)
            topology.queues.append(.init(name: queue, arguments: work(hub, deadLetterKey: "work")))
            topology.bindings.append(.init(queue: queue, exchange: hub.activityExchange, routingKey: name))
        }
        return topology
    }

    private static func streams(of hub: TaskHubName, partitions count: Int, _ journalBytes: Int) -> [Topology.Queue] {
        let segment = min(64 << 20, max(1 << 20, journalBytes / 8))
        let journals = (0..<count).map {
            Topology.Queue(
                name: hub.journalStream($0, of: count), arguments: stream(bytes: journalBytes, segment: segment),
                keepsArguments: true)
        }
        return [.init(name: hub.hostsStream, arguments: stream(bytes: 64 << 20, segment: 8 << 20))] + journals
    }

    /// A stream that loses its oldest segments when it has more bytes. Where its leader is remains the broker's choice.
    private static func stream(bytes: Int, segment: Int) -> FieldTable {
        [
            "x-queue-type": "stream", "x-max-length-bytes": .int64(Int64(bytes)),
            "x-stream-max-segment-size-bytes": .int64(Int64(segment)),
        ]
    }

    private static var quorum: FieldTable {
        ["x-queue-type": "quorum", "x-delivery-limit": deliveryLimit]
    }

    /// A single active consumer admits one reader at a time, and also refuses `basic.get`, which would take the record
    /// away for a moment. There is no dead-letter exchange, because an owner's record has no use as a dead letter.
    private static var owner: FieldTable {
        var arguments = quorum
        arguments["x-single-active-consumer"] = true
        return arguments
    }

    private static var console: FieldTable {
        var arguments = quorum
        arguments["x-overflow"] = "drop-head"
        arguments["x-max-length"] = .int64(Int64(consoleBound))
        return arguments
    }

    /// Watching queues live as long as a connection, which quorum queues cannot.
    static var watching: FieldTable {
        ["x-queue-type": "classic", "x-overflow": "drop-head", "x-max-length": .int64(Int64(watchBound))]
    }

    /// At-least-once dead lettering silently becomes at-most-once without `reject-publish`.
    private static func work(_ hub: TaskHubName, deadLetterKey: String) -> FieldTable {
        var arguments = quorum
        arguments["x-dead-letter-exchange"] = .string(hub.deadExchange)
        arguments["x-dead-letter-routing-key"] = .string(deadLetterKey)
        arguments["x-dead-letter-strategy"] = "at-least-once"
        arguments["x-overflow"] = "reject-publish"
        return arguments
    }

    private static func ordered(_ hub: TaskHubName) -> FieldTable {
        var arguments = work(hub, deadLetterKey: "broker")
        arguments["x-single-active-consumer"] = true
        return arguments
    }
}
