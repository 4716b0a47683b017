import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// A machine whose clock is put back at the worst moment.
@Suite("A clock that is put back", .timeLimit(.minutes(5)))
struct SteppingClockTests {
    private static let sleeps = Orchestration<Int, Int>("Sleeps")

    @Test("A timer whose alarm rang before the clock was put back is set again, and fires at its time")
    func steppedBack() async throws {
        let beginning = Timestamp(Date(timeIntervalSince1970: 1_893_499_200))
        let clock = SteppingClock(beginning)
        let transport = InProcessTransport()
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { _, _, _ in try InMemoryPartitionStore(hub: "clock") }, clock: clock,
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(
            HostConfiguration(hub: "clock", partitionCount: 1), environment: environment, logger: LogLines().logger)
        host.register(Self.sleeps) { context, number in
            try await context.sleep(for: .minutes(1))
            return number
        }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(hub: "clock", transport: transport)
        let instance = try await client.start(Self.sleeps, 5, id: "s")
        let due = beginning.advanced(by: .minutes(1))
        try await clock.waitUntilSet(to: due, times: 1)

        // The alarm rings at its time; by the time that the partition looks, the clock has been put back by half a minute.
        clock.setTime(beginning.advanced(by: .seconds(30)))
        #expect(clock.ring(setTo: due) == 1)
        // Nothing is due. Nothing else happens that would wake the partition.
        try await clock.waitUntilSet(to: due, times: 2)
        clock.setTime(due)
        #expect(clock.ring(setTo: due) == 1)
        #expect(try await instance.result() == 5)
        await client.close()
        running.cancel()
        clock.setTime(due.advanced(by: .hours(1)))
        clock.ringAll()
        try await running.ended()
        await transport.shutdown()
    }
}

/// A clock that can be put back, whose alarms ring when the test says so. Those that are set to a time that has passed ring
/// at once, as real ones do.
private final class SteppingClock: HostClock {
    private struct State {
        var now: Timestamp
        var set: [ObjectIdentifier: (alarm: Alarm, time: Timestamp)] = [:]
    }

    private let state: Mutex<State>
    /// Every time that an alarm was set to.
    private let settings = Watched<[Timestamp]>([])

    init(_ now: Timestamp) { state = Mutex(State(now: now)) }

    var now: Timestamp { state.withLock { $0.now } }

    func setTime(_ time: Timestamp) { state.withLock { $0.now = time } }

    func waitUntilSet(to time: Timestamp, times: Int) async throws {
        try await settings.wait(for: "an alarm to be set for the \(times). time") { settings in
            settings.count { $0 == time } >= times ? () : nil
        }
    }

    /// Rings the alarms that are set to exactly this time, and returns how many.
    func ring(setTo time: Timestamp) -> Int { ring { $0 == time } }

    func ringAll() { _ = ring { _ in true } }

    private func ring(_ isMeant: (Timestamp) -> Bool) -> Int {
        let alarms = state.withLock { state in
            let due = state.set.values.filter { isMeant($0.time) }.map(\.alarm)
            for alarm in due { state.set[ObjectIdentifier(alarm)] = nil }
            return due
        }
        for alarm in alarms { alarm.handler() }
        return alarms.count
    }

    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        Alarm(self, handler)
    }

    private func set(_ alarm: Alarm, to time: Timestamp?) {
        let hasPassed = state.withLock { state in
            guard let time else {
                state.set[ObjectIdentifier(alarm)] = nil
                return false
            }
            guard time > state.now else { return true }
            state.set[ObjectIdentifier(alarm)] = (alarm, time)
            return false
        }
        if let time { settings.change { $0.append(time) } }
        if hasPassed { DispatchQueue.global().async { alarm.handler() } }
    }

    private final class Alarm: HostAlarm {
        private let clock: SteppingClock
        let handler: @Sendable () -> Void

        init(_ clock: SteppingClock, _ handler: @escaping @Sendable () -> Void) {
            self.clock = clock
            self.handler = handler
        }

        func set(to time: Timestamp?) { clock.set(self, to: time) }
        func set(after pause: Duration) { clock.set(self, to: clock.now.advanced(by: pause)) }
        func answered() {}
    }
}
