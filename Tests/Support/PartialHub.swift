import AMQPMessages
package import Warren
package import WarrenMessaging

/// A hub of which some partitions have no host, as its clients see it: what these are asked is never answered.
package enum PartialHub {
    /// Provisions a hub and answers its clients' questions for as long as the body runs.
    ///
    /// - Parameter partitions: the instances of each partition; `nil` for one that does not answer.
    package static func serving<Value: Sendable>(
        _ name: String, on transport: any MessageTransport, partitions: [[OrchestrationStatus]?],
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let hub = try TaskHubName(name)
        try await transport.provision(TaskHubTopology.hub(hub, partitions: partitions.count))
        let subscriptions = [
            try await transport.consume(hub.intakeQueue, prefetch: 100),
            try await transport.consume(hub.queryQueue, prefetch: 100),
        ]
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for subscription in subscriptions {
                group.addTask { try await serve(subscription, of: hub, on: transport, partitions) }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            for subscription in subscriptions { await subscription.close() }
            group.cancelAll()
            return try result.get()
        }
    }

    private static func serve(
        _ subscription: any MessageSubscription, of hub: TaskHubName, on transport: any MessageTransport,
        _ partitions: [[OrchestrationStatus]?]
    ) async throws {
        let decoder = IntakeDecoder(hub: hub)
        for try await batch in subscription.batches {
            for message in batch {
                let command = try decoder.command(from: message).get()
                subscription.acknowledge([message.tag])
                guard let (context, body) = try answer(command, of: hub, partitions), let address = context.reply else {
                    continue
                }
                let reply = ReplyMessage(address: address, status: .answered, instanceID: nil, body: body)
                transport.publish([ReplyCodec.encode(reply)]) { _ in }
            }
        }
    }

    private static func answer(
        _ command: Command, of hub: TaskHubName, _ partitions: [[OrchestrationStatus]?]
    ) throws -> (CommandContext, Payload)? {
        switch command {
        case .purge(let purge):
            guard let instances = partitions[purge.partition] else { return nil }
            return (purge.context, try QueryReplyCodec.encode(PurgeReply(purged: instances.count)))
        case .query(let query):
            switch query.question {
            case .describe:
                let description = HubDescription(
                    hub: hub.description, partitionCount: partitions.count, orchestrations: [], activities: [],
                    version: "0")
                return (query.context, try QueryReplyCodec.encode(description))
            case .list:
                guard let instances = partitions[query.partition] else { return nil }
                return (query.context, try QueryReplyCodec.encode(InstanceListReply(instances: instances)))
            case .count:
                guard let instances = partitions[query.partition] else { return nil }
                var counts = InstanceCounts()
                for instance in instances {
                    counts.add(InstanceCounts(cells: [.init(status: instance.runtimeStatus, bucket: 0, count: 1)]))
                }
                return (query.context, try QueryReplyCodec.encode(counts))
            case .damaged:
                guard partitions[query.partition] != nil else { return nil }
                return (query.context, try QueryReplyCodec.encode(DamagedRowsReply(counts: [:], rows: [])))
            case .status, .statuses, .wait, .state: return nil
            }
        default: return nil
        }
    }

    /// An instance that runs.
    package static func instance(_ id: String, createdAt microseconds: Int64) -> OrchestrationStatus {
        let time = Timestamp(microseconds: microseconds)
        return OrchestrationStatus(
            name: "Cities", instanceID: id, executionID: "x", runtimeStatus: .running, createdAt: time,
            lastUpdatedAt: time)
    }
}
