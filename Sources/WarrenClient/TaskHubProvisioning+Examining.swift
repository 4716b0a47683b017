import AMQPMessages
package import Warren
import WarrenMessaging
import WarrenSupport

/// Examines a hub on the broker thing by thing, where ``verify(partitions:)`` stops at the first fault.
extension TaskHubProvisioning {
    /// A thing of the hub's topology that is missing, or has other arguments than it should.
    package struct Difference: Sendable, Hashable {
        /// The kind of the thing.
        package enum Kind: String, Sendable { case exchange, queue, binding }

        package var kind: Kind
        package var name: String
        package var isMissing: Bool
        /// The broker's words.
        package var detail: String
    }

    /// A right that the connection's user does not have.
    package struct MissingRight: Sendable, Hashable {
        /// The rights as the broker names them.
        package enum Kind: String, Sendable { case configure, write, read }

        package var kind: Kind
        /// The name that the right is for.
        package var resource: String
        /// The broker's words.
        package var detail: String
    }

    /// What is missing, or different, of the hub's exchanges, queues and bindings.
    ///
    /// A binding that is missing is made again, as by each start of a host: AMQP has no question about bindings.
    ///
    /// - Throws: errors that say nothing about the topology: a lost connection, a right that is missing.
    package func differences(partitions: Int, durability: Durability) async throws -> [Difference] {
        let topology = TaskHubTopology.hub(hub, partitions: partitions, durability: durability)
        do {
            try await transport.verify(topology)
            return []
        } catch let error as MessagingError where [.missing, .different].contains(error.code) {
            // There is something to find, so each thing is looked at.
        }
        var differences: [Difference] = []
        func examine(_ part: Topology, _ kind: Difference.Kind, _ name: String) async throws {
            do {
                try await transport.verify(part)
            } catch let error as MessagingError where [.missing, .different].contains(error.code) {
                differences.append(
                    Difference(kind: kind, name: name, isMissing: error.code == .missing, detail: error.message))
            }
        }
        for exchange in topology.exchanges {
            try await examine(Topology(exchanges: [exchange]), .exchange, exchange.name)
        }
        for queue in topology.queues { try await examine(Topology(queues: [queue]), .queue, queue.name) }
        let missing = Set(differences.filter(\.isMissing).map(\.name))
        for binding in topology.bindings where !missing.contains(binding.queue) && !missing.contains(binding.exchange) {
            try await examine(Topology(bindings: [binding]), .binding, "\(binding.exchange) -> \(binding.queue)")
        }
        return differences
    }

    /// The rights of an orchestrator host that the connection's user does not have.
    ///
    /// It makes a queue of the hub's name that ends with the connection, binds it, reads it, and publishes messages that no
    /// queue takes. Nothing of the hub is changed.
    ///
    /// - Parameter patience: the time to wait for an answer to a publish.
    /// - Throws: ``ClientError`` with code `overloaded` if the broker takes no messages; errors that say nothing about
    ///   rights.
    package func missingRights(patience: Duration) async throws -> [MissingRight] {
        var missing: [MissingRight] = []
        let queue = "\(hub).doctor.\(randomID())"
        do {
            let watching = try await transport.watch(
                hub.lifecycleExchange, routingKey: "warren.doctor", queue: queue, prefetch: 1)
            await watching.close()
        } catch {
            guard let right = MissingRight(refusal: "\(error)", of: queue) else { throw error }
            missing.append(right)
        }
        for exchange in [hub.activityExchange, hub.resultExchange, ""] {
            let message = OutboundMessage(exchange: exchange, routingKey: "\(hub).doctor.nobody")
            let transport = transport
            let outcome = try await withDeadline(patience, clock: ContinuousClock()) {
                ClientError(
                    .overloaded,
                    transport.blockedReason.map { "The broker takes no messages: it is in an alarm (\($0))." }
                        ?? "The broker did not answer a publish within \(patience).")
            } _: {
                let slot = OneShot<Result<PublishOutcome, any Error>>()
                transport.publishAlone(message) { slot.fulfil(.success($0)) }
                return try await slot.answer()
            }
            let refusal: String? =
                switch outcome.verdict {
                case .denied(let text): text
                case .unknown(let reason): reason.contains("ACCESS_REFUSED") ? reason : nil
                default: nil
                }
            guard let refusal else { continue }
            let resource = exchange.isEmpty ? "amq.default" : exchange
            missing.append(MissingRight(kind: .write, resource: resource, detail: refusal))
        }
        return missing
    }
}

extension TaskHubProvisioning.MissingRight {
    /// - Parameter refusal: the broker's words. They name the right only in newer versions: older ones say "access to".
    fileprivate init?(refusal: String, of queue: String) {
        guard refusal.contains("ACCESS_REFUSED") else { return nil }
        let kinds: [(words: String, kind: Kind)] = [
            ("configure access", .configure), ("write access", .write), ("read access", .read),
        ]
        // Without that word it was the first request: the declaration of the queue.
        self.init(
            kind: kinds.first { refusal.contains($0.words) }?.kind ?? .configure, resource: queue, detail: refusal)
    }
}
