import AMQPMessages
import Synchronization
import WarrenMessaging
import WarrenPartition

/// A work item that a partition of this process gave to its own activities.
final class LocalWork: Sendable {
    let sending: OutboxDispatcher.Sending
    let dispatcher: OutboxDispatcher
    private let isSettled = Atomic(false)
    private let isRunning = Atomic(false)

    init(_ sending: OutboxDispatcher.Sending, of dispatcher: OutboxDispatcher) {
        self.sending = sending
        self.dispatcher = dispatcher
    }

    /// The item as a message.
    var message: InboundMessage { InboundMessage(sending.message.encoded) }

    /// The item as a worker decodes it from the message; `nil` if it has to be decoded.
    var call: WorkCall? {
        guard let work = sending.work, case .encoded(let message) = sending.message,
            let replyTo = message.properties.replyTo
        else { return nil }
        return WorkCall(item: work.item, replyTo: replyTo, correlationID: work.correlationID, deliveries: 1)
    }

    /// Notes that it has a place.
    func begin() {
        isRunning.store(true, ordering: .relaxed)
        dispatcher.share.beginRun()
    }

    /// Lets the row of the outbox go: the result is durable, or a lease stands for the work. Does nothing the second time.
    func settle() {
        if end() { dispatcher.settle([sending.reference]) }
    }

    /// Settles several items.
    static func settle(_ works: [LocalWork]) {
        var rest = works.filter { $0.end() }[...]
        // Those of a step are all of one partition.
        while let first = rest.first {
            let same = rest.prefix { $0.dispatcher === first.dispatcher }
            first.dispatcher.settle(same.map(\.sending.reference))
            rest = rest.dropFirst(same.count)
        }
    }

    /// Gives items to the broker, except those that are settled: they are not run here.
    static func giveToBroker(_ works: [LocalWork]) {
        var rest = works.filter { $0.end() }[...]
        while let first = rest.first {
            let same = rest.prefix { $0.dispatcher === first.dispatcher }
            first.dispatcher.sendToBroker(same.map(\.sending))
            rest = rest.dropFirst(same.count)
        }
    }

    /// Leaves the row of the outbox to the next owner of the partition, or to the next process.
    func leave() {
        if end() { dispatcher.local.ended() }
    }

    private func end() -> Bool {
        guard !isSettled.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        endRun()
        dispatcher.share.end()
        return true
    }

    private func endRun() {
        if isRunning.exchange(false, ordering: .relaxed) { dispatcher.share.endRun() }
    }

    /// Puts answers into the partition's mailbox.
    ///
    /// - Parameters:
    ///   - earlier: the answers that precede the last one.
    ///   - last: the answer after which the item is settled.
    ///   - send: sends all of them through the broker.
    /// - Returns: `false` if the partition has ended here: the answers have to go through the broker.
    func answer(_ earlier: [WorkResult], _ last: WorkResult, otherwise send: @escaping @Sendable () -> Void) -> Bool {
        endRun()
        for result in earlier {
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
