#if HTTP
import Synchronization
import WarrenClient
import WarrenSupport

/// Asks for the owners of the hub's partitions, once for all callers at the same time, and remembers them for a moment:
/// in a hub with journals each question listens to the hosts for more than a second.
final class HubReader: Sendable {
    private struct State {
        var owners: HubOwners?
        var readAt: ContinuousClock.Instant?
        /// Set when the question under way is answered.
        var underWay: OneShot<Void>?
    }

    private let client: TaskHubClient
    private let state = Mutex(State())

    private static let memory: Duration = .seconds(2)

    init(client: TaskHubClient) {
        self.client = client
    }

    private enum Turn {
        case answer(HubOwners)
        case wait(OneShot<Void>)
        case ask(OneShot<Void>)
    }

    func owners() async throws -> HubOwners {
        while true {
            switch state.withLock({ Self.turn(&$0) }) {
            case .answer(let owners): return owners
            case .wait(let underWay):
                // If that question fails, this caller asks itself, and reports its own error.
                await underWay.value
                try Task.checkCancellation()
            case .ask(let underWay):
                let result: Result<HubOwners, any Error>
                do { result = .success(try await client.owners()) } catch { result = .failure(error) }
                state.withLock { state in
                    state.underWay = nil
                    if case .success(let owners) = result {
                        state.owners = owners
                        state.readAt = .now
                    }
                }
                underWay.set(())
                return try result.get()
            }
        }
    }

    private static func turn(_ state: inout State) -> Turn {
        if let owners = state.owners, let readAt = state.readAt, .now - readAt < memory { return .answer(owners) }
        if let underWay = state.underWay { return .wait(underWay) }
        let underWay = OneShot<Void>()
        state.underWay = underWay
        return .ask(underWay)
    }
}
#endif
