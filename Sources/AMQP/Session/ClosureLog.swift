import Logging
import Synchronization
import WarrenSupport

/// Logs that the broker closes channels on which this side publishes, with the reason, at most once a minute.
final class ClosureLog: Sendable {
    private struct State {
        var told: ContinuousClock.Instant?
        /// The number of closures that were not logged since.
        var untold = 0
    }

    private static let pause: Duration = .seconds(60)

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter error: the reason why the channel ended. A lost connection is not logged here.
    func note(_ error: AMQPError) {
        guard error.replyCode != nil, error.code != .closedByBroker else { return }
        let untold = state.withLock { state -> Int? in
            if let told = state.told, .now - told < Self.pause {
                state.untold += 1
                return nil
            }
            defer { (state.told, state.untold) = (.now, 0) }
            return state.untold
        }
        guard let untold else { return }
        logger.warning(
            "The broker closed a channel on which messages are published; another one is opened",
            metadata: [LogKey.reason: "\(error)", LogKey.since: "\(untold)"])
    }
}
