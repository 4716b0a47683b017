import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage

/// Keeps a partition going: when its store fails, drops what is in memory, waits, opens it again and goes on with what
/// had been taken and was not durable. Meanwhile nothing is acknowledged and nothing is lost.
final class PartitionRunner: Sendable {
    private struct State {
        var processor: PartitionProcessor?
        var isStopping = false
        var isBlocked = false
    }

    let mailbox: PartitionMailbox
    private let setup: PartitionSetup
    private let open: @Sendable () throws -> any PartitionStore
    private let makeDispatcher: @Sendable (PartitionMailbox) -> OutboxDispatcher
    private let state = Mutex(State())

    init(
        setup: PartitionSetup, open: @escaping @Sendable () throws -> any PartitionStore,
        makeDispatcher: @escaping @Sendable (PartitionMailbox) -> OutboxDispatcher
    ) {
        self.setup = setup
        mailbox = PartitionMailbox(unseen: setup.unseenWork)
        self.open = open
        self.makeDispatcher = makeDispatcher
    }

    var partition: Int { setup.partition }

    /// Runs until stopped.
    ///
    /// - Parameter store: already open; later ones are opened when needed.
    func run(_ store: any PartitionStore) async throws {
        let storeID = store.identity.storeID
        var store = store
        var failures = 0
        defer { handOn() }
        while true {
            let processor = PartitionProcessor(
                setup: setup, mailbox: mailbox, store: store, dispatcher: makeDispatcher(mailbox))
            let isStopping = state.withLock { state in
                state.processor = processor
                // Under the lock, or it could overtake what is said later.
                if state.isBlocked { processor.dispatcher.block(true) }
                return state.isStopping
            }
            if isStopping { processor.stop() }
            let started = setup.clock.now
            do {
                try await processor.run()
                store.close()
                return
            } catch let error as StorageError {
                store.close()
                // A partition that ran well for a while starts with short pauses again.
                if setup.clock.now.duration(since: started) > .seconds(60) { failures = 0 }
                store = try await reopen(after: error, &failures)
                try check(store, is: storeID)
            }
        }
    }

    /// Finishes what was taken, then lets `run` return.
    func stop() {
        let processor = state.withLock { state in
            state.isStopping = true
            return state.processor
        }
        processor?.stop()
    }

    /// The broker takes nothing from publishers, or does again.
    func block(_ isBlocked: Bool) {
        state.withLock { state in
            state.isBlocked = isBlocked
            state.processor?.dispatcher.block(isBlocked)
        }
    }

    /// Leaves to the broker what other partitions of this process have sent here. They may go on for longer, and would
    /// wait for it.
    private func handOn() {
        for input in mailbox.close() {
            if case .local(let dispatcher, let reference) = input.receipt, let message = input.source {
                dispatcher.handOn(message, of: reference)
            }
        }
    }

    /// Makes sure that a store is the one that was there before: the partition's queue is ours because of that one, and
    /// an empty file in its place would answer as if nothing had ever been.
    private func check(_ store: any PartitionStore, is storeID: String) throws {
        guard store.identity.storeID != storeID else { return }
        store.close()
        throw HostError(
            .storage,
            "Partition \(partition) has another store than before: its file was taken away or replaced while the host "
                + "ran. Put the file back, and start the host again.")
    }

    private func reopen(after error: StorageError, _ failures: inout Int) async throws -> any PartitionStore {
        var error = error
        while true {
            failures += 1
            let base = min(30_000, 200 << min(failures - 1, 8))
            let pause = Duration.milliseconds(base + Int.random(in: 0...(base / 2)))
            let paused = setup.clock.pause(of: pause)
            setup.logger.error(
                "A partition's store failed; it is opened again after a pause",
                metadata: ["partition": "\(partition)", "error": "\(error)", "pause": "\(pause)"])
            try await paused()
            do {
                return try open()
            } catch let next as StorageError {
                error = next
            }
        }
    }
}
