import Synchronization
import WarrenMessaging

/// Makes one partition known to the parts of a host that outlive its ownership, and unknown again, any number of times.
///
/// The order for one ownership:
/// 1. make a runner, which brings a new mailbox (a closed one stays closed), and call `enter`;
/// 2. run it; subscribe to the partition's queue and to its detour queue; their readers are of this ownership only;
/// 3. for a planned end: stop those readers, call `beginLeaving`, then stop the runner, which now comes to an end;
/// 4. when the runner has ended, however that came about, call `leave`;
/// 5. close the subscriptions: what is not acknowledged returns to their queues, for the next owner.
///
/// `leave` precedes 5 or follows it: what it publishes to the detour queue stays behind what was delivered from it.
///
/// One caller at a time.
final class PartitionPresence: Sendable {
    let partition: Int
    private let routingKey: String
    private let owned: OwnedPartitions
    private let router: LocalRouter
    private let intake: PartitionIntake
    private let deadWork: DeadWorkReader
    private let present = Mutex<OwnedPartitions.Entry?>(nil)

    /// - Parameter intake: the partition's intake, which has the tenure `changing`.
    init(
        partition: Int, names: TaskHubName, owned: OwnedPartitions, router: LocalRouter, intake: PartitionIntake,
        deadWork: DeadWorkReader
    ) {
        self.partition = partition
        routingKey = names.partitionKey(partition)
        self.owned = owned
        self.router = router
        self.intake = intake
        self.deadWork = deadWork
    }

    /// Whether the partition is here.
    var isPresent: Bool { present.withLock { $0 != nil } }

    /// Makes a partition known that is about to run here. An ownership that was not left is left first.
    func enter(_ runner: PartitionRunner, wire: PartitionWire) {
        enter(OwnedPartitions.Entry(runner, wire: wire))
    }

    func enter(_ entry: OwnedPartitions.Entry) {
        leave()
        present.withLock { $0 = entry }
        owned.own(entry)
        router.own(key: routingKey, entry.mailbox)
        intake.attach(entry.mailbox)
    }

    /// Keeps the intake's messages from the mailbox, which empties itself from now on. `enter` with the same runner
    /// takes it back.
    func beginLeaving() {
        if isPresent { intake.halt() }
    }

    /// Makes the partition unknown. Its runner has ended, so that everything of the intake that is not durable is in the
    /// closed mailbox: it goes the detour, to the next owner.
    func leave() {
        guard let entry = present.withLock({ $0.take() }) else { return }
        router.disown(key: routingKey, entry.mailbox)
        owned.disown(partition, entry.mailbox)
        intake.detach()
        deadWork.release(entry.mailbox, of: partition)
    }
}
