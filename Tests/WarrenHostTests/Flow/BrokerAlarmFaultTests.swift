import AMQP
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A real broker that runs out of memory.
@Suite(
    "Faults: a broker in an alarm", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct BrokerAlarmFaultTests {
    /// The broker thinks that it has no memory left while the body runs.
    private func withAlarm(_ body: () async throws -> Void) async throws {
        try await TestBroker.control("ctl", "set_vm_memory_high_watermark", "absolute", "1MB")
        let result: Result<Void, any Error>
        do {
            try await body()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await TestBroker.control("ctl", "set_vm_memory_high_watermark", "absolute", "1GB")
        try result.get()
    }

    @Test("The host says once what to do, the client says why it got no answer, and afterwards nothing is missing")
    func alarm() async throws {
        let book = LogBook()
        let ticks = Orchestration<Void, Int>("Ticks")
        let tick = Activity<Int, Bool>("Tick")
        let echo = Orchestration<Int, Int>("Echo")
        // Ticks go on until the alarm is over, however long a busy machine takes to raise it.
        let isOver = Atomic(false)
        let ticked = Mutex(Set<Int>())
        try await BrokerHub.run(logger: book.logger) { host in
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
            try await withAlarm {
                // Its timers make the host publish, and only who publishes is told.
                await book.waitFor("The broker takes no messages")
                let error = await #expect(throws: ClientError.self) { try await impatient.start(echo, 1, id: "late") }
                #expect(error?.code == .overloaded)
                #expect(error?.message.contains("alarm") == true)
            }
            await book.waitFor("The broker takes messages again")
            isOver.store(true, ordering: .relaxed)
            let count = try await instance.result(timeout: .seconds(60))
            #expect(ticked.withLock { $0 } == Set(0...count))
            // What the client had handed over before it gave up has arrived: the message said so.
            #expect(try await hub.client.instance(of: echo, id: "late").result(timeout: .seconds(60)) == 1)
            #expect(book.count(of: "The broker takes no messages") == 1)
            await impatient.close()
        }
    }

    @Test("SIGTERM ends a host with exit code 0 while the broker is blocked, and the next host goes on where it was")
    func terminate() async throws {
        let url = try TestBroker.requireURL()
        let hub = "alarm\(UInt32.random(in: 0...UInt32.max))"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = try await HostProcess.start(
            hub: hub, broker: url, data: folder.path, roles: "orchestrator,activity")
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: logger)
        let instance = try await client.start(
            named: "Approval", input: Payload(json: #"{"timeoutSeconds":8}"#), id: "leave-1")
        try await withAlarm {
            // Publishing its timer's effect, the escalation's work item, it learns of the alarm; the item has to wait.
            await first.logged("The broker takes no messages")
            let clock = ContinuousClock()
            let began = clock.now
            #expect(await first.terminate() == 0)
            #expect(clock.now - began < .seconds(25))
        }
        let second = try await HostProcess.start(
            hub: hub, broker: url, data: folder.path, roles: "orchestrator,activity")
        let output = try await instance.result(timeout: .seconds(60))
        #expect(output.json.contains("Head of department"))
        #expect(await second.terminate() == 0)
        await client.close()
        await transport.shutdown()
    }
}
