import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging

/// The console lines of one activity, published while it runs, in their order.
///
/// One batch is on its way at a time; lines that are printed meanwhile make up the next one, so that the broker's pace
/// bounds the rate. Between two batches a bounded number of lines is kept; of further ones only the number is reported.
/// A line that is published again has the same message ID.
final class PrintedLines: Sendable {
    private struct State {
        var waiting: [OutboundMessage] = []
        var waitingBytes = 0
        var omitted = 0
        var number = 0
        var isPublishing = false
        var isFinished = false
    }

    private static let mostWaiting = 1000
    private static let mostWaitingBytes = 256 << 10
    private static let batch = 100

    private let state = Mutex(State())
    private let item: WorkItem
    private let publisher: ReliablePublisher
    private let wire: WorkerWire
    private let clock: any HostClock

    init(of item: WorkItem, publisher: ReliablePublisher, wire: WorkerWire, clock: any HostClock) {
        self.item = item
        self.publisher = publisher
        self.wire = wire
        self.clock = clock
    }

    func add(_ level: ConsoleLevel, _ text: String) {
        let time = clock.now
        state.withLock { state in
            guard !state.isFinished else { return }
            let size = text.utf8.count + 512
            guard state.waiting.count < Self.mostWaiting, state.waitingBytes + size <= Self.mostWaitingBytes else {
                state.omitted += 1
                return
            }
            noteOmitted(&state, at: time)
            state.waiting.append(message(level, text, &state, at: time))
            state.waitingBytes += size
        }
        publishNext()
    }

    /// Publishes the lines that are not on their way yet. Later lines are dropped.
    func finish() {
        let time = clock.now
        let rest = state.withLock { state in
            state.isFinished = true
            noteOmitted(&state, at: time)
            defer { (state.waiting, state.waitingBytes) = ([], 0) }
            return state.waiting
        }
        if !rest.isEmpty { publisher.publish(rest) }
    }

    private func publishNext() {
        let batch = state.withLock { state -> [OutboundMessage] in
            guard !state.isPublishing, !state.waiting.isEmpty else { return [] }
            state.isPublishing = true
            let batch = Array(state.waiting.prefix(Self.batch))
            state.waiting.removeFirst(batch.count)
            state.waitingBytes = state.waiting.reduce(0) { $0 + $1.body.count + 512 }
            return batch
        }
        guard !batch.isEmpty else { return }
        publisher.publish(batch) { [self] end in
            state.withLock { $0.isPublishing = false }
            if end != .abandoned { publishNext() }
        }
    }

    private func noteOmitted(_ state: inout State, at time: Timestamp) {
        guard state.omitted > 0 else { return }
        let text = "(\(state.omitted) lines were printed faster than they could be published, and are left out)"
        state.omitted = 0
        state.waiting.append(message(.warning, text, &state, at: time))
    }

    private func message(
        _ level: ConsoleLevel, _ text: String, _ state: inout State, at time: Timestamp
    ) -> OutboundMessage {
        defer { state.number += 1 }
        return wire.console(
            ConsoleMessage(
                text: text, level: level, instanceID: item.token.instanceID, executionID: item.token.executionID,
                orchestration: item.orchestration, number: "\(item.token.taskID):c\(state.number)", at: time))
    }
}
