import Synchronization
import Warren
import WarrenMessaging

/// Knows when nothing more happens in a test hub without its clock moving, and lets the pauses pass that follow a planted
/// fault: a client that waits for an answer could not move the clock meanwhile.
final class HubRest: Sendable {
    /// The time after a fault in which whatever is due happens by itself. The host's first pauses are well within it.
    private static let mendingTime = Duration.seconds(2)

    private struct State {
        /// The time up to which the clock moves by itself; `nil` before the first fault.
        var mendsUntil: Timestamp?
        var mender: Task<Void, Never>?
    }

    private let clock: VirtualClock
    private let transport: InProcessTransport
    private let commits: CommitCounter
    private let state = Mutex(State())
    private let pauses: AsyncStream<Void>
    private let pause: AsyncStream<Void>.Continuation

    init(clock: VirtualClock, transport: InProcessTransport, commits: CommitCounter) {
        self.clock = clock
        self.transport = transport
        self.commits = commits
        (pauses, pause) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        clock.observeAlarms { [weak self] time in self?.pauseBegins(until: time) }
    }

    /// Waits until no message, activity or commit is on its way, and no pause after a fault is left.
    func come() async {
        while !Task.isCancelled {
            await clock.answered()
            await commits.idle()
            await transport.quiescence()
            // Another piece of work may have begun while one was awaited. If nothing was on its way, neither before nor
            // after a look at the transport, and nothing began meanwhile, then the hub is at rest.
            guard let begun = commits.begunIfIdle, transport.isQuiescent, transport.unsettled == 0, clock.isAnswered,
                commits.begunIfIdle == begun
            else { continue }
            guard let end = state.withLock({ $0.mendsUntil }), let next = clock.next, next <= end else { return }
            _ = clock.move(to: next)
        }
    }

    /// Notes that a planted fault happens now: the pauses that follow it pass by themselves.
    func mend() {
        let end = clock.now.advanced(by: Self.mendingTime)
        state.withLock { state in
            state.mendsUntil = end
            if state.mender == nil {
                // A hub with a pause may hold messages until it is over, so that this does not wait for rest.
                state.mender = Task { [weak self, pauses] in
                    for await _ in pauses { self?.passPauses() }
                }
            }
        }
        pause.yield()
    }

    private func passPauses() {
        while let end = state.withLock({ $0.mendsUntil }), let next = clock.next, next <= end {
            _ = clock.move(to: next)
        }
    }

    private func pauseBegins(until time: Timestamp) {
        let isMended = state.withLock { state in state.mendsUntil.map { time <= $0 } ?? false }
        if isMended { pause.yield() }
    }

    /// Ends what ``mend()`` has begun.
    func stop() {
        pause.finish()
        let mender = state.withLock { state in
            state.mendsUntil = nil
            return state.mender
        }
        mender?.cancel()
    }
}
