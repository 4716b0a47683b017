import Logging
import Synchronization

/// Says that the broker closes channels on which we publish, and why, once a minute at the most.
final class ClosureLog: Sendable {
    private struct State {
        var told: ContinuousClock.Instant?
        /// How many closures were not told of since.
        var untold = 0
    }

    private static let pause: Duration = .seconds(60)

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter error: why the channel ended. A lost connection is not the channel's affair.
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
            metadata: ["reason": "\(error)", "not told since": "\(untold)"])
    }
}
