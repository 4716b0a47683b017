import AMQPMessages
import Testing

@testable import AMQP

@Suite("The states of a session and its publishers")
struct SessionMachineTests {
    private func wait(_ machine: inout SessionMachine<Int, String>, _ waiter: String) -> String {
        switch machine.wait(waiter) {
        case .use(let connection): "use \(connection)"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    @Test("Who needs a connection gets it, waits for the next one, or is refused after the close")
    func session() {
        var machine = SessionMachine<Int, String>(1)
        #expect(wait(&machine, "a") == "use 1")
        #expect(machine.connected(2) == nil, "not wanted: there is one")
        #expect(machine.lost() == true)
        #expect(wait(&machine, "b") == "wait")
        #expect(machine.connected(2) == ["b"])
        #expect(wait(&machine, "c") == "use 2")
        #expect(machine.lost() == true)
        #expect(wait(&machine, "d") == "wait")
        let closed = machine.close()
        #expect(closed.connection == nil && closed.waiters == ["d"])
        #expect(wait(&machine, "e") == "refuse")
        #expect(machine.connected(3) == nil)
        #expect(machine.lost() == false)
        var other = SessionMachine<Int, String>(1)
        #expect(other.close().connection == 1)
    }

    private func publish(_ machine: inout PublisherMachine<Int>, _ key: String, size: Int = 0) -> String {
        let messages = [OutboundMessage(routingKey: key, body: Array(repeating: 0, count: size))]
        switch machine.publish(messages, { _ in }) {
        case .forward(let channel): return "forward \(channel)"
        case .hold: return "hold"
        case .refuse: return "refuse"
        }
    }

    private func keys(_ held: [PublisherMachine<Int>.Held]?) -> [String]? {
        held.map { $0.flatMap { $0.messages.map(\.routingKey) } }
    }

    @Test("A publisher holds messages while it has no channel, up to its limit, and gives them out in order")
    func publisher() {
        var machine = PublisherMachine<Int>(heldBytesLimit: 1000)
        #expect(publish(&machine, "a") == "hold")
        #expect(publish(&machine, "b", size: 1000) == "hold")
        #expect(publish(&machine, "c") == "refuse")
        #expect(keys(machine.opened(7, id: 1)) == ["a", "b"])
        #expect(publish(&machine, "d") == "forward 7")
        machine.ended(id: 99)
        #expect(publish(&machine, "e") == "forward 7", "another channel ended")
        machine.ended(id: 1)
        #expect(publish(&machine, "f") == "hold")
        machine.ended(id: 2)
        #expect(keys(machine.opened(8, id: 2)) == nil, "it ended before it was opened")
        #expect(keys(machine.opened(8, id: 3)) == ["f"])
        guard case .hold = machine.refused([OutboundMessage(routingKey: "g")], { _ in }) else {
            Issue.record("a publish that the channel refused is held")
            return
        }
        #expect(keys(machine.close()) == ["g"])
        #expect(publish(&machine, "h") == "refuse")
        #expect(keys(machine.opened(9, id: 4)) == nil)
    }

    @Test("A publisher replaces a channel over which messages do not arrive, and no later one")
    func silentChannel() {
        var machine = PublisherMachine<Int>(heldBytesLimit: 1000)
        let now = ContinuousClock.now
        func isReplaced(_ sentAt: ContinuousClock.Instant) -> Bool { machine.silence(since: sentAt) }
        #expect(!isReplaced(now), "there is no channel")
        _ = machine.opened(7, id: 1, at: now)
        #expect(!isReplaced(now - .seconds(1)), "they went over an earlier channel")
        #expect(isReplaced(now + .seconds(1)))
        #expect(!isReplaced(now + .seconds(1)), "it is being replaced")
        #expect(publish(&machine, "a") == "hold")
        machine.ended(id: 1)
        #expect(keys(machine.opened(8, id: 2, at: now + .seconds(12))) == ["a"])
        #expect(publish(&machine, "b") == "forward 8")
        #expect(!isReplaced(now + .seconds(2)), "the channel before lingers, and gives up its messages one by one")
    }
}
