import CoreMetrics
import WarrenSupport

/// The metrics of a client, made once and kept.
final class ClientMetrics: Sendable {
    private struct Timers: Sendable {
        let answered, timedOut, failed, cancelled: Timer
    }

    /// By the position of a kind among all.
    private let timers: [Timers]

    init(_ factory: any MetricsFactory, hub: String) {
        timers = RequestKind.allCases.map { kind in
            func timer(_ outcome: String) -> Timer { MetricTable.requests.timer(factory, hub, kind.rawValue, outcome) }
            return Timers(
                answered: timer("answered"), timedOut: timer("timed_out"), failed: timer("failed"),
                cancelled: timer("cancelled"))
        }
    }

    /// Measures a request.
    func measure<Value>(_ kind: RequestKind, _ body: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        do {
            let value = try await body()
            self[kind]?.answered.recordNanoseconds(start.nanosecondsAgo)
            return value
        } catch {
            let timers = self[kind]
            let timer =
                switch error {
                case let error as ClientError where error.code == .timedOut || error.code == .unconfirmed:
                    timers?.timedOut
                case is CancellationError: timers?.cancelled
                default: timers?.failed
                }
            timer?.recordNanoseconds(start.nanosecondsAgo)
            throw error
        }
    }

    private subscript(kind: RequestKind) -> Timers? {
        RequestKind.allCases.firstIndex(of: kind).map { timers[$0] }
    }
}
