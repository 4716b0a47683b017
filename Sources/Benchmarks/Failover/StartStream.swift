import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging

/// Starts instances at a steady rate, whatever becomes of those before, and sees how long each takes from its publish to
/// the reply with its result.
final class StartStream: Sendable {
    private struct State {
        var next = 0
        var open: [Int: Ticks] = [:]
        var longest = 0.0
        var latencies: [Double] = []
        var isClosing = false
        var fault: BenchError?
    }

    private let encoder: RequestEncoder
    private let transport: any MessageTransport
    private let subscription: any MessageSubscription
    private let state = Mutex(State())

    init(hub: TaskHubName, transport: any MessageTransport) async throws {
        let queue = "reply.\(hub).steady"
        self.transport = transport
        encoder = RequestEncoder(hub: hub, replyQueue: queue)
        subscription = try await transport.consumeReplies(queue)
    }

    /// Takes replies in until `close`.
    func read() async throws {
        for try await batch in subscription.batches {
            let now = Ticks.now
            for reply in batch.map(ReplyCodec.decode) { note(reply, at: now) }
        }
    }

    /// Starts so many instances a second until `finish`.
    func publish(perSecond rate: Int) async throws {
        let clock = ContinuousClock()
        var due = clock.now
        while !state.withLock({ $0.isClosing }) {
            due += .seconds(1) / max(rate, 1)
            do {
                try await clock.sleep(until: due)
            } catch {
                if state.withLock({ $0.isClosing }) { return }
                throw error
            }
            let number = state.withLock { state in
                defer { state.next += 1 }
                state.open[state.next] = .now
                return state.next
            }
            let command = StartCommand(
                name: Functions.echo.name, instanceID: "steady-\(number)", input: Payload(json: String(number)))
            let message = encoder.start(
                command, reply: .completed,
                ids: RequestIDs(messageID: "steady-\(number)", correlationID: String(number)))
            transport.publish([message]) { [weak self] outcomes in
                guard let bad = outcomes.first(where: { $0 != .confirmed }) else { return }
                self?.fail(BenchError(.broker, "A start was not confirmed: \(bad)"))
            }
        }
    }

    /// The longest time from a publish to its result since this was asked last; what still waits is among it.
    func takeLongestWait() -> Double {
        state.withLock { state in
            let open = state.open.values.map { $0.milliseconds() }.max() ?? 0
            defer { state.longest = 0 }
            return max(state.longest, open)
        }
    }

    /// How long all took.
    var latencies: Latencies { state.withLock { Latencies($0.latencies) } }

    /// Starts no more, and returns when all results are there.
    ///
    /// - Throws: `BenchError` when results do not come, or were wrong.
    func finish() async throws {
        state.withLock { $0.isClosing = true }
        let start = Ticks.now
        while start.milliseconds() < 60_000 {
            try check()
            if state.withLock({ $0.open.isEmpty }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        let open = state.withLock { $0.open.keys.sorted() }
        throw BenchError(.lost, "\(open.count) instances did not complete within a minute: \(open.prefix(10))")
    }

    func close() async { await subscription.close() }

    func check() throws {
        if let fault = state.withLock({ $0.fault }) { throw fault }
    }

    private func note(_ reply: Result<ReplyMessage, Refusal>, at now: Ticks) {
        guard case .success(let reply) = reply, let number = Int(reply.address.correlationID) else {
            return fail(BenchError(.wrong, "Something came that is not a reply to a start"))
        }
        guard reply.status == .completed, reply.body.bytes == Array(String(number).utf8) else {
            return fail(
                BenchError(.wrong, "Start \(number) ended as \(reply.status.rawValue): \(reply.body.json)"))
        }
        state.withLock { state in
            // A new owner sends again what its predecessor had not seen confirmed: a second reply is no second run.
            guard let start = state.open.removeValue(forKey: number) else { return }
            let wait = start.milliseconds(to: now)
            state.longest = max(state.longest, wait)
            state.latencies.append(wait)
        }
    }

    private func fail(_ error: BenchError) { state.withLock { $0.fault = $0.fault ?? error } }
}
