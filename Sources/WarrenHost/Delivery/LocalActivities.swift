import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition

/// Hands work items of this process's partitions to its own activities, without the broker.
///
/// The row of the outbox stays until the activity's result is durable, so that a crash gives the work out again: then through
/// the broker, which counts the deaths of workers. While all places are taken, work goes through the broker, too.
final class LocalActivities: Sendable {
    private struct State {
        var isOpen = false
        /// The number of work items of each dispatcher that are not answered.
        var taken: [ObjectIdentifier: Int] = [:]
    }

    /// The maximum number of unanswered work items of a partition, so that long activities leave room in its outbox's window
    /// for everything else.
    private static let mostOfPartition = 2048

    /// The names of the activities that are not handed to the broker.
    private let names: Set<String>
    private let exchange: String
    private let slots: ActivitySlots
    private let items: AsyncStream<LocalWork>
    private let input: AsyncStream<LocalWork>.Continuation
    private let state = Mutex(State())

    /// - Parameters:
    ///   - names: of the activities that run here and prefer to do so.
    ///   - slots: the places of the activity role that runs the work.
    init(_ names: Set<String>, of hub: TaskHubName, slots: ActivitySlots) {
        self.names = names
        exchange = hub.activityExchange
        self.slots = slots
        // Bounded by the places.
        (items, input) = AsyncStream.makeStream()
    }

    /// Takes a work item, with a place for it, if there is one.
    ///
    /// - Parameter dispatcher: of the partition that sends it.
    /// - Returns: whether it is taken.
    func take(
        _ message: OutboundMessage, _ reference: OutboxDispatcher.MessageReference, of dispatcher: OutboxDispatcher
    ) -> Bool {
        guard message.exchange == exchange, names.contains(message.routingKey) else { return false }
        let sender = ObjectIdentifier(dispatcher)
        let isTaken = state.withLock { state in
            guard state.isOpen, state.taken[sender, default: 0] < Self.mostOfPartition, slots.tryEnter() else {
                return false
            }
            state.taken[sender, default: 0] += 1
            return true
        }
        guard isTaken else { return false }
        dispatcher.local.began()
        let work = LocalWork(message, reference, dispatcher, in: self)
        if case .enqueued = input.yield(work) { return true }
        slots.leave(wasLeased: false)
        dispatcher.local.ended()
        noteEnd(of: work)
        return false
    }

    /// The number of work items of a dispatcher that are not answered.
    func count(of dispatcher: OutboxDispatcher) -> Int {
        state.withLock { $0.taken[ObjectIdentifier(dispatcher)] ?? 0 }
    }

    fileprivate func noteEnd(of work: LocalWork) {
        let sender = ObjectIdentifier(work.dispatcher)
        state.withLock { state in
            let left = (state.taken[sender] ?? 1) - 1
            // A dispatcher ends with its partition's loop: it is not kept.
            state.taken[sender] = left > 0 ? left : nil
        }
    }

    /// Runs what is taken, until the host stops.
    func run(_ body: @escaping @Sendable (LocalWork) async -> Void) async {
        state.withLock { $0.isOpen = true }
        await withDiscardingTaskGroup { group in
            for await work in items {
                group.addTask { await body(work) }
            }
        }
    }

    /// Takes nothing more. What is taken is run.
    func finish() {
        state.withLock { $0.isOpen = false }
        input.finish()
    }
}

/// A work item that a partition of this process gave to its own activities.
final class LocalWork: Sendable {
    let message: InboundMessage
    let dispatcher: OutboxDispatcher
    private let reference: OutboxDispatcher.MessageReference
    private let activities: LocalActivities
    private let isSettled = Atomic(false)

    fileprivate init(
        _ message: OutboundMessage, _ reference: OutboxDispatcher.MessageReference, _ dispatcher: OutboxDispatcher,
        in activities: LocalActivities
    ) {
        self.message = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        self.reference = reference
        self.dispatcher = dispatcher
        self.activities = activities
    }

    /// Lets the row of the outbox go: the result is durable, or a lease stands for the work. Does nothing the second time.
    func settle() {
        if end() { dispatcher.settleMessage(reference) }
    }

    /// Gives the work to the broker, unless it is settled: it is not run here.
    func giveToBroker() {
        if end() { dispatcher.sendToBroker(message, of: reference) }
    }

    /// Leaves the row of the outbox to the next owner of the partition, or to the next process.
    func leave() {
        if end() { dispatcher.local.ended() }
    }

    private func end() -> Bool {
        guard !isSettled.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        activities.noteEnd(of: self)
        return true
    }

    /// Puts answers into the partition's mailbox.
    ///
    /// - Returns: `false` if the partition has ended here: the answers have to go through the broker.
    func answer(_ results: [WorkResult], otherwise send: @escaping @Sendable () -> Void) -> Bool {
        guard let last = results.last else { return true }
        for result in results.dropLast() {
            guard dispatcher.mailbox.offer(PartitionInput(.command(.workResult(result)))) else { return false }
        }
        let receipt = Receipt.work(LocalAnswer(work: self, send: send))
        return dispatcher.mailbox.offer(PartitionInput(.command(.workResult(last)), receipt: receipt))
    }
}

/// An answer on its way into a partition of this process.
struct LocalAnswer: Sendable {
    let work: LocalWork
    /// Sends the answer through the broker: the partition has ended here before it took it.
    let send: @Sendable () -> Void
}
