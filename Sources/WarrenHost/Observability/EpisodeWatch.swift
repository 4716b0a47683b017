import Dispatch
import Logging
import Synchronization
import WarrenSupport

/// Logs which orchestrator holds its partition for more than a second, while it does so: nothing else of the partition
/// runs meanwhile, and an orchestrator that never returns would leave no other trace.
final class EpisodeWatch: Sendable {
    private struct Episode {
        var name: String
        var instanceID: String
        var start: ContinuousClock.Instant
        var isTold = false
    }

    private struct State {
        var episode: Episode?
        var isSet = false
    }

    private static let patience = Duration.seconds(1)

    private let state = Mutex(State())
    private let logger: Logger?

    /// - Parameter logger: `nil` to watch nothing.
    init(logger: Logger?) {
        self.logger = logger
    }

    /// Notes that orchestrator code is about to run.
    func begin(_ name: String, _ instanceID: String) {
        guard logger != nil else { return }
        let mustSet = state.withLock { state in
            state.episode = Episode(name: name, instanceID: instanceID, start: .now)
            defer { state.isSet = true }
            return !state.isSet
        }
        // Only one check is scheduled at a time, so that a busy partition does not schedule a thousand of them.
        if mustSet { lookLater() }
    }

    /// Notes that the code has returned.
    func end() {
        guard logger != nil else { return }
        state.withLock { $0.episode = nil }
    }

    private func lookLater() {
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [weak self] in self?.look() }
    }

    private func look() {
        let (held, isToldNow) = state.withLock { state -> (Episode?, Bool) in
            guard let episode = state.episode else {
                state.isSet = false
                return (nil, false)
            }
            let isLong = ContinuousClock.now - episode.start >= Self.patience
            guard isLong, !episode.isTold else { return (episode, false) }
            state.episode?.isTold = true
            return (episode, true)
        }
        guard let held else { return }
        if isToldNow {
            logger?.warning(
                """
                An orchestrator has held its partition for more than a second; nothing else of the partition goes on. \
                Move long computations into an activity
                """, metadata: [LogKey.instance: "\(held.instanceID)", LogKey.orchestration: "\(held.name)"])
        }
        lookLater()
    }
}
