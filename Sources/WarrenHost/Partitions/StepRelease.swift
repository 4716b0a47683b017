import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// A step on its way to the disk, with everything that is done when it is durable.
struct ReleasedStep: Sendable {
    var rows: [OutboxBatch]
    var settled: [Receipt]
    /// The receipts to settle when the replies are safe.
    var settledWhenReplied: [Receipt]
    var replies: [OutboundMessage]
    var asked: [PartitionQuestion]
    var clearedSubjects: [String]
    /// The spans that end when the step is durable.
    var spans: [any OpenInstanceSpan]
    /// The payloads of purged instances that are not needed any more.
    var obsolete: [ObsoletePayloads]
    var committed: CommittedStep
}

/// The report to the partition of a durable step.
struct CommittedStep: Sendable {
    var memory: StepMemory
    /// The inputs that led to it.
    var inputs: [InputNumber]
}

/// Releases the effects of steps, in the order of their commits, and not before they are durable.
final class StepRelease: Sendable {
    private let setup: PartitionSetup
    private let mailbox: PartitionMailbox
    private let dispatcher: OutboxDispatcher
    private let queries: PartitionQueries
    private let firstFailure = Mutex<StorageError?>(nil)
    private let stopping = Atomic(false)
    /// Whether the partition waits for a commit to become durable.
    private let isAwaited = Atomic(false)

    init(
        setup: PartitionSetup, mailbox: PartitionMailbox, dispatcher: OutboxDispatcher, queries: PartitionQueries
    ) {
        self.setup = setup
        self.mailbox = mailbox
        self.dispatcher = dispatcher
        self.queries = queries
    }

    /// The reason why a commit did not become durable. No later commit does either.
    var failure: StorageError? { firstFailure.withLock { $0 } }

    /// Whether the partition was asked to stop.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func stop() {
        stopping.store(true, ordering: .relaxed)
        mailbox.signal()
    }

    /// Handles the outcome of a step's commit. Called in the order of the commits, on the store's thread.
    func ended(_ step: ReleasedStep, _ result: Result<Void, StorageError>) {
        switch result {
        case .success: release(step)
        case .failure(let error):
            firstFailure.withLock { $0 = $0 ?? error }
            mailbox.signal()
        }
    }

    /// Notes that the store failed by itself.
    func fail(_ error: StorageError) {
        firstFailure.withLock { $0 = $0 ?? error }
        mailbox.signal()
    }

    /// Step 5: sends, then acknowledges.
    private func release(_ step: ReleasedStep) {
        if !step.clearedSubjects.isEmpty {
            setup.crashGuard.ledger.change { list in step.clearedSubjects.forEach { list.clear($0) } }
        }
        queries.outdate(step.committed.memory)
        // The commit is noted before the messages are sent: the result of one may arrive at once, and must find it
        // noted.
        mailbox.add(committed: step.committed)
        for row in step.rows { setup.metrics.host.countDeadLetters(row.messages) }
        if !step.spans.isEmpty {
            let now = setup.clock.now
            for span in step.spans { span.end(at: now) }
        }
        dispatcher.send(step.rows)
        Receipt.settle(step.settled)
        if !step.asked.isEmpty { queries.ask(step.asked) }
        queries.changed(step.committed.memory)
        if let payloads = setup.payloads {
            for obsolete in step.obsolete { payloads.remove(obsolete) }
        }
        // Answers are in no outbox: a question stays unacknowledged until its answer is safe.
        if !step.replies.isEmpty {
            setup.publisher.offer(step.replies) { Receipt.settle(step.settledWhenReplied) }
        }
        let wasAwaited = isAwaited.exchange(false, ordering: .sequentiallyConsistent)
        if wasAwaited || isStopping { mailbox.signal() }
    }

    /// Makes the next commit that becomes durable wake the partition.
    func await() { isAwaited.store(true, ordering: .sequentiallyConsistent) }

    /// Notes that the partition does not wait any more.
    func awaitNoMore() { isAwaited.store(false, ordering: .sequentiallyConsistent) }
}
