import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging

/// Publishes to a hub as an external program would, and hears how it ends: over connections of its own, with a reply
/// queue of its own, one message for a start and one for its result.
final class LoadGenerator: Sendable {
    private struct Running {
        var plan: LoadPlan
        var progress: LoadProgress
        var over: AsyncStream<Void>.Continuation
    }

    private struct State {
        var running: [String: Running] = [:]
        /// Messages that belong to no running instance.
        var strays: [String] = []
        var lastSeries = 0
    }

    /// How long nothing may come to an end before a run is given up.
    private static let patience = 30

    let encoder: RequestEncoder
    private let transport: any MessageTransport
    private let subscription: any MessageSubscription
    private let state = Mutex(State())

    init(hub: TaskHubName, transport: any MessageTransport) async throws {
        let queue = "reply.\(hub)"
        self.transport = transport
        encoder = RequestEncoder(hub: hub, replyQueue: queue)
        subscription = try await transport.consumeReplies(queue)
    }

    /// Takes replies in until `close`.
    func run() async throws {
        for try await batch in subscription.batches { receive(batch) }
    }

    func close() async { await subscription.close() }

    /// A name for the correlation IDs of a plan.
    func newSeries() -> String {
        state.withLock { state in
            state.lastSeries += 1
            return "s\(state.lastSeries)"
        }
    }

    /// Carries out a plan and returns how long each item took, in milliseconds.
    ///
    /// - Throws: `BenchError` when an item fails, is answered twice or wrongly, or when nothing happens any more.
    func drive(_ plan: LoadPlan) async throws -> Latencies {
        let (over, signal) = AsyncStream.makeStream(of: Void.self)
        let first = state.withLock { state in
            var running = Running(
                plan: plan,
                progress: LoadProgress(
                    count: plan.count, inFlight: plan.inFlight, mayRepeat: plan.mayRepeat), over: signal)
            let range = running.progress.next()
            state.running[plan.series] = running
            return range
        }
        publish(first, of: plan)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in over {} }
            group.addTask { [self] in try await watch(plan) }
            defer { group.cancelAll() }
            try await group.next()
        }
        let running = state.withLock { $0.running.removeValue(forKey: plan.series) }
        if let fault = running?.progress.fault { throw fault }
        try checkStrays()
        return Latencies(running?.progress.latencies ?? [])
    }

    /// - Throws: `BenchError` when a reply came that nothing waited for.
    func checkStrays() throws {
        if let stray = state.withLock({ $0.strays.first }) {
            throw BenchError(.duplicated, "A reply came that nothing waits for: \(stray)")
        }
    }

    // MARK: Publishing

    private func publish(_ range: Range<Int>, of plan: LoadPlan) {
        guard !range.isEmpty else { return }
        transport.publish(range.map(plan.message)) { [weak self] outcomes in
            guard let bad = outcomes.first(where: { $0 != .confirmed }) else { return }
            self?.fail(plan.series, BenchError(.broker, "A message of the load was not confirmed: \(bad)"))
        }
    }

    // MARK: Receiving

    private func receive(_ batch: [InboundMessage]) {
        let now = Ticks.now
        let replies = batch.map(ReplyCodec.decode)
        var work: [(range: Range<Int>, plan: LoadPlan)] = []
        var over: [AsyncStream<Void>.Continuation] = []
        state.withLock { state in
            var touched: Set<String> = []
            for reply in replies {
                if let series = note(reply, at: now, in: &state) { touched.insert(series) }
            }
            for series in touched {
                guard var running = state.running[series] else { continue }
                // Copied out and in again without a copy of its arrays.
                state.running[series] = nil
                if running.progress.isOver {
                    over.append(running.over)
                } else {
                    work.append((running.progress.next(), running.plan))
                }
                state.running[series] = running
            }
        }
        for (range, plan) in work { publish(range, of: plan) }
        for signal in over { signal.finish() }
    }

    private func note(_ reply: Result<ReplyMessage, Refusal>, at now: Ticks, in state: inout State) -> String? {
        guard case .success(let reply) = reply else {
            state.strays.append("not a reply")
            return nil
        }
        let parts = reply.address.correlationID.split(separator: ".")
        // trap: there are two parts, or the condition before has failed.
        guard parts.count == 2, let index = Int(parts[1]) else {
            state.strays.append(reply.address.correlationID)
            return nil
        }
        // trap: there are two parts.
        let series = String(parts[0])
        // Only the plan: a copy of all of it would copy the progress's arrays with every reply.
        guard let plan = state.running[series]?.plan else {
            state.strays.append("\(reply.status.rawValue) \(reply.address.correlationID)")
            return nil
        }
        if reply.status != plan.status {
            state.running[series]?.progress.fail(
                BenchError(.wrong, "Item \(index) ended as \(reply.status.rawValue): \(reply.body.json)"))
        } else if let body = plan.body(index), body != reply.body.bytes {
            state.running[series]?.progress.fail(
                BenchError(
                    .wrong,
                    "Item \(index) gave \(reply.body.json), not \(String(decoding: body, as: UTF8.self))"))
        } else {
            state.running[series]?.progress.finish(index, at: now)
        }
        return series
    }

    private func fail(_ series: String, _ error: BenchError) {
        let over = state.withLock { state in
            state.running[series]?.progress.fail(error)
            return state.running[series]?.over
        }
        over?.finish()
    }

    /// Throws when nothing comes to an end for a long time.
    private func watch(_ plan: LoadPlan) async throws {
        var last = -1
        var quiet = 0
        while quiet < Self.patience {
            try await Task.sleep(for: .seconds(1))
            let finished = state.withLock { $0.running[plan.series]?.progress.finished ?? 0 }
            Progress.shared.show("\(finished) of \(plan.count)")
            let signs = finished + (plan.lifeSign?.value ?? 0)
            quiet = signs == last ? quiet + 1 : 0
            last = signs
        }
        throw BenchError(.stalled, "No item of the load ended for \(Self.patience) s, and \(plan.count) should")
    }
}
