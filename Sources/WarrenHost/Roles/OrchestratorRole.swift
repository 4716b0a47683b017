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

    /// Subscribes to the intake, to the queues of the partitions, and to the work that the broker gave up on.
    func subscribe() async throws -> [RoleLoop] {
        var loops: [RoleLoop] = []
        for partition in partitions {
            let queue = names.partitionQueue(partition.runner.partition, of: configuration.partitionCount)
            let subscription = try await transport.consume(queue, prefetch: configuration.prefetch)
            let inbox = PartitionInbox(wire: partition.wire, mailbox: partition.runner.mailbox)
            loops.append(RoleLoop(subscription: subscription) { try await inbox.run($0, stop: $1) })
        }
        let dead = try await transport.consume(names.activityDeadQueue, prefetch: configuration.prefetch)
        let deadWork = deadWork
        loops.append(RoleLoop(subscription: dead) { try await deadWork.run($0, stop: $1) })
        let subscription = try await transport.consume(names.intakeQueue, prefetch: configuration.prefetch)
        let relay = relay
        loops.append(RoleLoop(subscription: subscription) { try await relay.run($0, stop: $1) })
        return loops
    }
}

/// A subscription and what reads it.
struct RoleLoop: Sendable {
    let subscription: any MessageSubscription
    let run: @Sendable (any MessageSubscription, StopFlag) async throws -> Void

    init(
        subscription: any MessageSubscription,
        run: @escaping @Sendable (any MessageSubscription, StopFlag) async throws -> Void
    ) {
        self.subscription = subscription
        self.run = run
    }
}
