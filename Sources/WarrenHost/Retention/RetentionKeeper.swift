import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Removes the ended instances of a partition when they have the age that the configuration gives their status, while a host
/// owns the partition.
///
/// A piece:
/// 1. find the instances that ended first, and are due;
/// 2. export them, if they are to be exported, and make that durable;
/// 3. have the partition remove them, each by itself, if it is still as it was;
/// 4. wait until that is durable, and until the rate allows the next piece.
///
/// When nothing is due, an alarm waits for the next instance that will be. There is none before the age of the youngest
/// rule has passed once more.
final class RetentionKeeper: Sendable {
    /// The number of instances of a piece.
    private static let mostAtOnce = 100
    /// The pause after a failure of the store, the folder or the disk.
    private static let patience = Duration.seconds(30)
    /// The least time until the next piece where less than a whole one was due: what is due soon is removed together.
    private static let leastPause = Duration.seconds(1)

    private let setup: PartitionSetup
    private let store: any PartitionStore
    private let mailbox: PartitionMailbox
    private let rules: [HostConfiguration.Retention.Rule]
    private let rate: Int
    private let export: RetentionExport?
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        /// The rule that is looked at first.
        var turn = 0
        /// The present wait: for an alarm, or for the partition.
        var wait: OneShot<Bool>?
        /// For each status, the last instance that was dealt with. It is found no more, whatever became of it.
        var places: [RuntimeStatus: EndedInstance] = [:]
    }

    /// Makes a keeper; `nil` if the host keeps everything.
    init?(setup: PartitionSetup, store: any PartitionStore, mailbox: PartitionMailbox) {
        let retention = setup.configuration.retention
        guard !retention.rules.isEmpty else { return nil }
        self.setup = setup
        self.store = store
        self.mailbox = mailbox
        rules = retention.rules
        rate = retention.rate
        export = retention.exportDirectory.map {
            RetentionExport(directory: $0, hub: setup.configuration.hub, partition: setup.partition)
        }
    }

    /// Works until ``finish()`` is called.
    func run() async {
        let alarm = (setup.upkeep.clock ?? setup.clock).makeAlarm(isAnswered: true) { [weak self] in self?.wake() }
        defer {
            alarm.set(to: nil)
            alarm.answered()
        }
        while true {
            setup.unseenWork?.begin()
            let next = await piece()
            let wait = makeWait()
            alarm.set(to: next)
            alarm.answered()
            setup.unseenWork?.end()
            guard await wait.value else { return }
        }
    }

    func finish() {
        let wait = state.withLock { state in
            state.isEnded = true
            return state.wait
        }
        wait?.set(false)
    }

    private func wake() { state.withLock { $0.wait }?.set(true) }

    private var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Makes the next wait, which is over at once if the keeper is to finish.
    private func makeWait() -> OneShot<Bool> {
        let wait = OneShot<Bool>()
        let isEnded = state.withLock { state in
            state.wait = wait
            return state.isEnded
        }
        if isEnded { wait.set(false) }
        return wait
    }

    /// Removes a piece of what is due.
    ///
    /// - Returns: the time at which to look again.
    private func piece() async -> Timestamp {
        let most = min(Self.mostAtOnce, rate)
        var removed = 0
        var next = Timestamp(microseconds: .max)
        // Each status is the first one in turn, so that one of which much is due does not keep the others waiting.
        let turn = state.withLock { state in
            state.turn = (state.turn + 1) % rules.count
            return state.turn
        }
        do {
            for rule in rules[turn...] + rules[..<turn] where !isEnded && removed < most {
                let (count, due) = try await piece(rule, most: most - removed)
                removed += count
                next = min(next, due)
            }
        } catch {
            if !isEnded {
                setup.logger.warning(
                    "Ended instances cannot be removed now; another attempt follows after a pause",
                    metadata: [LogKey.error: "\(error)", LogKey.pause: "\(Self.patience)"])
            }
            return setup.clock.now.advanced(by: Self.patience)
        }
        let now = setup.clock.now
        // A whole piece was removed, and there may be more. The pause is rounded up, so that the rate holds over any time.
        if removed == most { return now.advanced(by: .milliseconds((removed * 1000 + rate - 1) / rate)) }
        return max(next, now.advanced(by: Self.leastPause))
    }

    private func piece(
        _ rule: HostConfiguration.Retention.Rule, most: Int
    ) async throws -> (removed: Int, next: Timestamp) {
        let now = setup.clock.now
        let (store, place) = (store, state.withLock { $0.places[rule.status] })
        // 1. Find them.
        let found = try await setup.upkeep.run("warren-retain") {
            try store.ended(rule.status, after: place, most: most + 1)
        }
        let due = found.prefix(most).prefix { $0.completedAt.advanced(by: rule.age) <= now }
        // An instance that ends from now on is not due before a whole age has passed.
        let next = (due.count < found.count ? found[due.count].completedAt : now).advanced(by: rule.age)
        guard let last = due.last else { return (0, next) }
        let (setup, export) = (setup, export)
        let keys = due.map(\.key)
        let records = try await setup.upkeep.run("warren-retain") { () -> [InstanceRecord] in
            let records = try keys.compactMap { try Self.record($0, rule.status, in: store, setup) }
            // 2. Export them.
            _ = try export?.write(records.map(\.executionID)) { index, sink in
                try ExportedInstance(records[index], in: store, setup).write(to: &sink)
            }
            return records
        }
        // 3. Have them removed.
        if !records.isEmpty {
            let wait = makeWait()
            let receipt = SharedReceipt(.told(wait), parts: records.count)
            mailbox.add(
                records.map { record in
                    PartitionInput(
                        .purge(PurgeRow(record: record, statuses: [rule.status], isRecursive: false)),
                        receipt: .part(receipt))
                })
            // 4. Wait for that.
            guard await wait.value else { return (0, next) }
        }
        state.withLock { $0.places[rule.status] = last }
        return (records.count, next)
    }

    /// Reads an instance that is due; `nil` for one that is gone or that runs again meanwhile, and for one that cannot be
    /// read: it stays for people.
    private static func record(
        _ key: Int64, _ status: RuntimeStatus, in store: any PartitionStore, _ setup: PartitionSetup
    ) throws -> InstanceRecord? {
        do {
            guard let record = try store.instance(key: key), record.status == status else { return nil }
            guard let damage = record.damage else { return record }
            throw StorageError(.damagedRow, "The row is damaged: \(damage).", instance: key)
        } catch let error as StorageError where error.reach == .unit {
            setup.logger.error(
                "An ended instance cannot be read, and is not removed",
                metadata: [LogKey.key: "\(key)", LogKey.error: "\(error)"])
            return nil
        }
    }
}
