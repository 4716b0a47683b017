import Logging
import Warren
import WarrenMessaging
import WarrenStorage

/// Owns partitions: their stores, their processors, and the queues that feed them.
struct OrchestratorRole: Sendable {
    let partitions: [HostParts.Partition]
    let relay: IntakeRelay
    let deadWork: DeadWorkReader
    let transport: any MessageTransport
    let configuration: HostConfiguration
    let names: TaskHubName
    /// Of the partitions, in their order.
    let ownerships: [PartitionOwnership]
    let logger: Logger

    /// Subscribes to the queues of the partitions and to the intake.
    ///
    /// 1. The first partition, alone: of several hosts that start at the same moment on a new hub, the one that gets it
    /// gets the hub. If each began with another partition, none would have all. 2. The other partitions. 3. The intake,
    /// which brings messages to all of them, and the work that the broker gave up on.
    ///
    /// - Throws: ``HostError`` with the code `ownership` if a partition is another's. Nothing is subscribed to then.
    func subscribe() async throws -> [RoleLoop] {
        var loops: [RoleLoop] = []
        do {
            // 1
            let pairs = Array(zip(partitions, ownerships))
            for (partition, ownership) in pairs.prefix(1) { loops.append(try await loop(of: partition, ownership)) }
            // 2
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
            // 3
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
        let subscription = try await ownership.consume(queue, prefetch: configuration.prefetch)
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

    /// Terms of what brings messages to all partitions.
    private var ownerOfAll: ConsumeTerms {
        let ownerships = ownerships
        return ConsumeTerms { isAgain in
            // At first all partitions have just been taken. Later this may be back before they are.
            guard isAgain else { return }
            for ownership in ownerships { try await ownership.confirm(isAgain: true, holdsLock: false) }
        }
    }

    private func deadActivities() async throws -> RoleLoop {
        let subscription = try await transport.consume(
            names.activityDeadQueue, prefetch: configuration.prefetch, on: ownerOfAll)
        let deadWork = deadWork
        return RoleLoop(subscription: subscription) { try await deadWork.run($0, stop: $1) }
    }

    /// What came for a partition while it took little or nothing. Without a broker nothing comes that way.
    private func detour(of partition: HostParts.Partition) async throws -> RoleLoop? {
        guard transport.outlivesProcess, let intake = partition.intake else { return nil }
        let queue = names.detourQueue(partition.runner.partition, of: configuration.partitionCount)
        let subscription = try await transport.consume(queue, prefetch: configuration.prefetch, on: ownerOfAll)
        let reader = DetourReader(wire: intake.wire, mailbox: partition.runner.mailbox, intake: intake)
        return RoleLoop(subscription: subscription) { try await reader.run($0, stop: $1) }
    }

    /// Starts, events and control messages come by one queue, in order; questions to partitions come by another one, so
    /// that they are answered also while no more of the former are taken.
    private func intake(_ queue: String) async throws -> RoleLoop {
        // Inside one process everything is in memory already, and nobody keeps what a partition has no room for: a bound
        // would only let one partition keep the others from their messages.
        let prefetch = transport.outlivesProcess ? configuration.prefetch : Int.max
        let subscription = try await transport.consume(queue, prefetch: prefetch, on: ownerOfAll)
        let relay = relay
        return RoleLoop(subscription: subscription) { try await relay.run($0, stop: $1) }
    }
}

/// A subscription and what reads it.
struct RoleLoop: Sendable {
    let subscription: any MessageSubscription
    /// Whether it goes on while the last activities end, because it takes what they answer.
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
