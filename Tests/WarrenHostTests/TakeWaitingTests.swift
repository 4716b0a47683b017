import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

@Suite("Messages whose fate is unknown, and a destination that is parked meanwhile")
struct TakeWaitingTests {
    private func row(_ id: Int64, _ queues: String...) -> OutboxBatch {
        OutboxBatch(
            id: id,
            messages: queues.map { .encoded(OutboundMessage(exchange: "work", routingKey: $0, body: [1, 2])) })
    }

    @Test(
        "They wait for the destination in the store, each row once; messages for others stay, and an open one is no wait"
    )
    func waits() {
        var state = OutboxDispatcher.State(window: OutboxWindow(.unlimited))
        let rows = [row(1, "Email", "Other"), row(2, "Email", "Email"), row(3, "Other")]
        let (sendings, isPublishing) = state.take(rows) { window, sizes in window.committed(sizes) }
        #expect(sendings.count == 5 && isPublishing)
        state.retries = sendings
        var taken = state.takeWaiting(\.retries)
        #expect(taken.isEmpty, "nothing is parked")

        let now = Timestamp(microseconds: 0)
        let email = OutboxParking.Destination(exchange: "work", key: "Email")
        let isNew = state.parking.refuse(email, .full, "full", patience: nil, now: now, jitter: 0)
        #expect(isNew == true)
        taken = state.takeWaiting(\.retries)
        #expect(taken.map { [$0.row, Int64($0.index)] } == [[1, 0], [2, 0], [2, 1]])
        #expect(state.retries.map(\.message.routingKey) == ["Other", "Other"])

        // The probe takes the first row; once it has arrived, the other follows, and what is unknown is simply sent.
        let probe = state.parking.dueProbe(now.advanced(by: .seconds(60)))
        #expect(probe?.row == 1)
        state.parking.probeAccepted(email)
        let (next, last) = (state.parking.nextRow(), state.parking.nextRow())
        #expect(next?.row == 2 && last == nil, "the row waits once")
        state.suspects = Array(sendings.prefix(1))
        taken = state.takeWaiting(\.suspects)
        #expect(taken.isEmpty && state.suspects.count == 1)
    }
}
