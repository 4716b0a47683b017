import AMQPMessages
import Foundation
import Logging
import MetricsTestKit
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import Patterns

/// A real broker that runs out of memory.
@Suite(
    "Faults: a broker in an alarm", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct BrokerAlarmFaultTests {
    @Test("The host says once what to do, the client says why it got no answer, and afterwards nothing is missing")
    func alarm() async throws {
        let book = LogLines(from: .debug)
        let ticks = Orchestration<Void, Int>("Ticks")
        let tick = Activity<Int, Bool>("Tick")
        let echo = Orchestration<Int, Int>("Echo")
        // Ticks go on until the alarm is over, however long a busy machine takes to raise it.
        let isOver = Atomic(false)
        let ticked = Mutex(Set<Int>())
        let metrics = TestMetrics()
        func sum(_ name: String) throws -> Double {
            try metrics.expectMeter(name, [("owner", "host"), ("connection", "publish")]).lastValue ?? 0
        }
        let running = Mutex<TaskHubHost?>(nil)
        try await BrokerHub.run(logger: book.logger) { configuration in
            configuration.metrics = metrics
        } register: { host in
            running.withLock { $0 = host }
            host.register(ticks) { context in
                var count = 0
                while try await context.call(tick, count) {
                    count += 1
                    try await context.sleep(for: .milliseconds(200))
                }
                return count
            }
            host.register(tick) { number in
                ticked.withLock { _ = $0.insert(number) }
                return !isOver.load(ordering: .relaxed)
            }
            host.register(echo) { _, number in number }
        } _: { hub in
            let instance = try await hub.client.start(ticks, ())
            let impatient = try await TaskHubClient(hub: hub.name, transport: hub.transport, timeout: .seconds(3))
            try await TestBroker.starved {
                // Its timers make the host publish, and only who publishes is told.
                try await book.wait(for: "The broker takes no messages")
                let health = running.withLock { $0 }?.health
                #expect(health?.isReady == false)
                #expect(health?.checks.first { $0.name == "broker" }?.detail.contains("alarm") == true)
                #expect(try sum("warren_amqp_blocked") == 1)
                hub.transport.publish([OutboundMessage(exchange: "", routingKey: hub.names.consoleQueue)]) { _ in }
                try await untilSeen("the client's connection to be blocked") { hub.transport.blockedReason != nil }
                let error = await #expect(throws: ClientError.self) { try await impatient.start(echo, 1, id: "late") }
                #expect(error?.code == .overloaded)
                #expect(error?.message.contains("alarm") == true)
            }
            try await book.wait(for: "The broker takes messages again")
            isOver.store(true, ordering: .relaxed)
            #expect(running.withLock { $0 }?.health.isReady == true)
            #expect(try sum("warren_amqp_blocked") == 0)
            let blocked = try metrics.expectCounter(
                "warren_amqp_blocked_seconds_total", [("owner", "host"), ("connection", "publish")])
            // It was blocked for the three seconds of the impatient client at least; whole seconds are counted here.
            #expect(blocked.totalValue >= 2)
            let count = try await instance.result()
            #expect(ticked.withLock { $0 } == Set(0...count))
            // What the client had handed over before it gave up has arrived: the message said so.
            #expect(try await hub.client.instance(of: echo, id: "late").result() == 1)
            #expect(book.count(of: "The broker takes no messages") == 1)
            await impatient.close()
        }
    }

    @Test("SIGTERM ends a host with exit code 0 while the broker is blocked, and the next host goes on where it was")
    func terminate() async throws {
        try await HostFixture.run(activities: activityNames { registerPatterns(with: $0, jobs: "") }) { fixture in
            let arguments = fixture.hostArguments + ["--log-level", "warning"]
            let first = try await HostProcess.start(Program.product("patterns"), arguments)
            // It looks every second, as long as it takes: before the alarm, in it, and after it.
            try await fixture.withClient { client in
                _ = try await client.start(
                    named: "MonitorJob", input: Payload(json: #"{"job":"backup","everySeconds":1}"#), id: "watch")
            }
            try await TestBroker.starved {
                // Publishing its timer's effect, a work item, it learns of the alarm; the item has to wait.
                try await first.logged("The broker takes no messages")
                #expect(try await first.terminate() == 0)
            }
            let jobs = fixture.data.appending(path: "jobs")
            try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
            try Data().write(to: jobs.appending(path: "backup"))
            try await HostProcess.running(Program.product("patterns"), arguments) { _ in
                let output = try await fixture.withClient { try await $0.output(of: "watch") }
                #expect(output.json.contains(#""isDone":true"#))
            }
        }
    }
}
