import Logging
import Warren
import WarrenMessaging
import WarrenStorage

/// Owns partitions: their stores, their processors, and the queues that feed them.
struct OrchestratorRole: Sendable {
    let partitions: [HostParts.Partition]
    let relay: IntakeRelay
    let deadWork: DeadWorkReader
    let owned: OwnedPartitions
    let transport: any MessageTransport
    let configuration: HostConfiguration
    let names: TaskHubName
    /// The ownerships of the partitions, in their order.
    let ownerships: [PartitionOwnership]
    let logger: Logger

    /// Subscribes to the queues of the partitions and to the intake.
    ///
    /// 1. The first partition is subscribed to alone: of several hosts that start at the same moment on a new hub, the
    ///    one that gets it gets the hub. If each began with another partition, none would have all.
    /// 2. The other partitions follow.
    /// 3. The intake, which passes messages to all of them, and the work that the broker gave up are last.
    ///
    /// - Throws: ``HostError`` with the code `ownership` if a partition belongs to another host. Nothing is subscribed
    ///   to then.
    func subscribe() async throws -> [RoleLoop] {
        var loops: [RoleLoop] = []
        do {
            // 1. The first partition.
            let pairs = Array(zip(partitions, ownerships))
            for (partition, ownership) in pairs.prefix(1) { loops.append(try await loop(of: partition, ownership)) }
            // 2. The other partitions.
            let results = await withTaskGroup(of: Result<RoleLoop, any Error>.self) { group in
                for (partition, ownership) in pairs.dropFirst() {
                    group.addTask {
                        do { return .success(try await loop(of: partition, ownership)) } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for case .success(let loop) in results { loops.append(loop) }
            for case .failure(let error) in results { throw error }
            // 3. The intake, and the work that the broker gave up.
            loops.append(try await deadActivities())
            for partition in partitions {
                if let detour = try await detour(of: partition) { loops.append(detour) }
            }
            loops.append(try await intake(names.queryQueue))
            loops.append(try await intake(names.intakeQueue))
            return loops
        } catch {
            for loop in loops { await loop.subscription.close() }
            throw error
        }
    }

    private func loop(of partition: HostParts.Partition, _ ownership: PartitionOwnership) async throws -> RoleLoop {
        let queue = names.partitionQueue(partition.runner.partition, of: configuration.partitionCount)
        let isUpgrade = partition.store.identity.secret.isFirstUse
        let unsigned = isUpgrade ? try await transport.depth(of: queue) : nil
        let subscription = try await ownership.consume(queue, prefetch: configuration.messages.prefetch)
        let inbox = PartitionInbox(
            wire: partition.wire, mailbox: partition.runner.mailbox, logger: logger, unsigned: unsigned)
        return RoleLoop(subscription: subscription, takesResults: true) { subscription, stop in
            do {
                try await inbox.run(subscription, stop: stop)
            } catch let error as MessagingError where error.code == .inUse {
                throw await ownership.lost(error)
            }
        }
    }

    /// The terms for queues that feed all partitions.
    private var ownerOfAll: ConsumeTerms {
        let ownerships = ownerships
        return ConsumeTerms { isAgain in
            // At first all partitions have just been taken. After a reconnect, this subscription may return before they
            // do.
            guard isAgain else { return }
            for ownership in ownerships { try await ownership.confirm(isAgain: true, holdsLock: false) }
        }
    }

    private func deadActivities() async throws -> RoleLoop {
        let subscription = try await transport.consume(
            names.activityDeadQueue, prefetch: configuration.messages.prefetch, on: ownerOfAll)
        let deadWork = deadWork
        return RoleLoop(subscription: subscription) { try await deadWork.run($0, stop: $1) }
    }

    /// Subscribes to the messages that arrived for a partition while it took little or nothing. Without a broker there
    /// are none.
    private func detour(of partition: HostParts.Partition) async throws -> RoleLoop? {
        guard transport.outlivesProcess, let intake = partition.intake else { return nil }
        let queue = names.detourQueue(partition.runner.partition, of: configuration.partitionCount)
        let subscription = try await transport.consume(queue, prefetch: configuration.messages.prefetch, on: ownerOfAll)
        let reader = DetourReader(
            partition: partition.runner.partition, wire: intake.wire, owned: owned, intake: intake, logger: logger)
        return RoleLoop(subscription: subscription) { try await reader.run($0, stop: $1) }
    }

    /// Subscribes to a queue of the intake. Starts, events and control messages arrive by one queue, in order;
    /// questions to partitions arrive by another one, so that they are answered even while no more of the former are
    /// taken.
    private func intake(_ queue: String) async throws -> RoleLoop {
        // Inside one process everything is in memory already, and there is no other place for messages that a partition
        // has no room for: a bound would only allow one partition to keep the others from their messages.
        let prefetch = transport.outlivesProcess ? configuration.messages.prefetch : Int.max
        let window = transport.outlivesProcess ? configuration.intakeWindow : nil
        let subscription = try await transport.consume(
            queue, prefetch: window?.current ?? prefetch, on: ownerOfAll)
        let relay = relay
        return RoleLoop(subscription: subscription) { try await relay.run($0, stop: $1, window: window) }
    }
}

/// A subscription and its reader.
struct RoleLoop: Sendable {
    let subscription: any MessageSubscription
    /// Whether it continues while the last activities end, because it takes their results.
    let takesResults: Bool
    let run: @Sendable (any MessageSubscription, StopFlag) async throws -> Void

    init(
        subscription: any MessageSubscription, takesResults: Bool = false,
        run: @escaping @Sendable (any MessageSubscription, StopFlag) async throws -> Void
    ) {
        self.subscription = subscription
        self.takesResults = takesResults
        self.run = run
    }
}
