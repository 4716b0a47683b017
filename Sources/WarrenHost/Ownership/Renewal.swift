import Synchronization
import Warren

/// Repeats an action while a host runs.
final class Renewal: Sendable {
    private let isEnded = Atomic(false)
    private let interval: Duration
    private let clock: any HostClock
    private let body: @Sendable () async -> Void
    private let alarm: Mutex<(any HostAlarm)?> = Mutex(nil)

    init(every interval: Duration, on clock: any HostClock, _ body: @escaping @Sendable () async -> Void) {
        self.interval = interval
        self.clock = clock
        self.body = body
    }

    func begin() {
        let alarm = clock.makeAlarm { [weak self] in
            guard let self, !isEnded.load(ordering: .relaxed) else { return }
            // The alarm fires on the clock's thread, which must not wait for the broker.
            Task {
                await self.body()
                self.set()
            }
        }
        self.alarm.withLock { $0 = alarm }
        set()
    }

    func end() {
        isEnded.store(true, ordering: .relaxed)
        alarm.withLock { $0?.set(to: nil) }
    }

    private func set() {
        guard !isEnded.load(ordering: .relaxed) else { return }
        alarm.withLock { $0?.set(after: interval) }
    }
}
