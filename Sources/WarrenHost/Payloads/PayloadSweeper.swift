import Logging
import Synchronization
import Warren
import WarrenStorage
import WarrenSupport

/// Removes payloads that nothing names any more, while a host owns a partition: once when it takes it, and four times a day.
///
/// What is not named yet, because its message is still on its way, is kept for as long as the hub remembers messages,
/// `messages.duplicateMemory`.
final class PayloadSweeper: Sendable {
    private static let interval = Duration.seconds(6 * 3600)

    private let setup: PartitionSetup
    private let payloads: EpisodePayloads
    private let store: any PartitionStore
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        var pause: OneShot<Bool>?
    }

    /// Makes a sweeper; `nil` in a hub without a payload folder.
    init?(setup: PartitionSetup, store: any PartitionStore) {
        guard let payloads = setup.payloads else { return nil }
        self.setup = setup
        self.payloads = payloads
        self.store = store
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
            await sweep()
            let pause = OneShot<Bool>()
            let isEnded = state.withLock { state in
                state.pause = pause
                return state.isEnded
            }
            alarm.set(after: Self.interval)
            alarm.answered()
            setup.unseenWork?.end()
            guard !isEnded, await pause.value else { return }
        }
    }

    private func wake() { state.withLock { $0.pause }?.set(true) }

    func finish() {
        let pause = state.withLock { state in
            state.isEnded = true
            return state.pause
        }
        pause?.set(false)
    }

    private func sweep() async {
        let time = setup.clock.now.advanced(by: .zero - setup.configuration.messages.duplicateMemory)
        let (payloads, store) = (payloads, store)
        let (partition, count) = (setup.partition, setup.configuration.partitionCount)
        do {
            // A host that stood still for days does not know of instances that another one has taken on since. What it has
            // read by now is younger than everything that is removed here.
            if let store = store as? JournaledStore { try await store.catchUp() }
            let removed = try await setup.upkeep.run("warren-sweep") {
                try payloads.sweep(partition, of: count, in: store, before: time)
            }
            guard removed > 0 else { return }
            setup.logger.info("Payloads that nothing names were removed", metadata: [LogKey.count: "\(removed)"])
        } catch {
            guard !state.withLock({ $0.isEnded }) else { return }
            setup.logger.warning(
                "The payload folder cannot be searched for what is not needed any more",
                metadata: [LogKey.error: "\(error)"])
        }
    }
}
