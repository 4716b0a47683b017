import Foundation
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import UnixSignals
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// What becomes of activities when their host is asked to stop.
@Suite("The grace period", .timeLimit(.minutes(5)))
struct GraceTests {
    private static let work = Activity<String, String>("Work")
    private static let single = Orchestration<String, String>("Single")

    private static func registerSingle(_ host: TaskHubHost) {
        host.register(single) { context, input in try await context.call(work, input) }
    }

    private struct Interrupted: Error {}

    @Test("An activity that ends in time has its result recorded, and does not run again")
    func inTime() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Void>()
            let gate = Gate()
            let host = try await cluster.start { host in
                Self.registerSingle(host)
                host.register(Self.work) { input in
                    began.add(())
                    await gate.pass()
                    return "\(input), before"
                }
            }
            _ = try await cluster.client.start(Self.single, "work", id: "in-time")
            try await began.wait(for: 1)
            host.running.cancel()
            try await host.log.wait(for: "The host is stopping")
            gate.open()
            // The clock stands still: only the end of the activity lets the host end.
            try await host.running.ended()

            let next = try await cluster.start { host in
                Self.registerSingle(host)
                host.register(Self.work) { input in
                    began.add(())
                    return "\(input), after"
                }
            }
            let instance = cluster.client.instance(of: Self.single, id: "in-time")
            #expect(try await instance.result() == "work, before")
            try await cluster.rest(next)
            #expect(began.all.count == 1)
            try await next.stop()
        }
    }

    /// What an activity may do when the grace period is over.
    enum Manner: String, CaseIterable {
        /// It goes on for ever.
        case ignores
        /// It throws what it was thrown.
        case cancels
        /// It takes the cancellation for an error of its own.
        case fails
    }

    @Test("An activity that takes longer does not hold its host; it runs again afterwards", arguments: Manner.allCases)
    func tooLong(manner: Manner) async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Void>()
            let never = Gate()
            let host = try await cluster.start {
                $0.graces.stop = .seconds(25)
            } register: { host in
                Self.registerSingle(host)
                host.register(Self.work) { input in
                    began.add(())
                    switch manner {
                    case .ignores: await never.pass()
                    case .cancels: try await untilCancelled()
                    case .fails: do { try await untilCancelled() } catch { throw Interrupted() }
                    }
                    return "\(input), before"
                }
            }
            _ = try await cluster.client.start(Self.single, "work", id: "too-long")
            try await began.wait(for: 1)
            host.running.cancel()
            try await host.log.wait(for: "The host is stopping")
            host.pass(.seconds(24))
            host.pass(.seconds(1))
            try await host.running.ended()

            let next = try await cluster.start { host in
                Self.registerSingle(host)
                host.register(Self.work) { input in "\(input), after" }
            }
            let instance = cluster.client.instance(of: Self.single, id: "too-long")
            #expect(try await instance.result() == "work, after")
            never.open()
            try await next.stop()
        }
    }

    @Test(
        "An activity under a lease is given out again when its host ends, and not only when the lease does",
        arguments: [true, false])
    func leased(isAlone: Bool) async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let never = Gate()
            func register(_ host: TaskHubHost) {
                host.register(Self.work) { input, context in
                    began.add(context.attempt)
                    if context.attempt == 1 { await never.pass() }
                    return "\(input), attempt \(context.attempt)"
                }
            }
            let worker = try await cluster.start(isAlone ? [.activity, .orchestrator] : [.activity]) { host in
                register(host)
                if isAlone { Self.registerSingle(host) }
            }
            let host = isAlone ? nil : try await cluster.start([.orchestrator], register: Self.registerSingle)
            _ = try await cluster.client.start(Self.single, "work", id: "leased")
            try await began.wait(for: 1)
            worker.pass(.seconds(30))
            // Comes to rest when the work item is acknowledged under its lease.
            try await cluster.rest(worker)
            worker.running.cancel()
            try await worker.log.wait(for: "The host is stopping")
            // Not a moment more: what is reserved for closing the files begins now.
            worker.pass(.seconds(21))
            try await worker.running.ended()

            // No clock moves any more.
            let next = try await cluster.start(isAlone ? [.activity, .orchestrator] : [.activity]) { host in
                register(host)
                if isAlone { Self.registerSingle(host) }
            }
            let instance = cluster.client.instance(of: Self.single, id: "leased")
            #expect(try await instance.result() == "work, attempt 2")
            (host ?? next).pass(.seconds(3600))
            try await cluster.rest(next)
            // Messages inside the process outlive the host in this test, and its store sends them once more.
            #expect(isAlone ? Set(began.all) == [1, 2] : began.all == [1, 2])
            #expect(try await cluster.deadLetters == 0)
            never.open()
            try await next.stop()
            try await host?.stop()
        }
    }

    @Test("Work that nobody has begun does not delay the end of a host without a broker")
    func waitingWork() async throws {
        try await Cluster.run { cluster in
            // A queue without a reader: the orchestrator's message stays on its way.
            try await cluster.transport.provision(TaskHubTopology.activities(["Work"], of: cluster.names))
            let host = try await cluster.start([.orchestrator], register: Self.registerSingle)
            _ = try await cluster.client.start(Self.single, "work", id: "waiting")
            try await cluster.rest(host)
            try await host.stop()
        }
    }

    @Test("After SIGTERM a process ends with status 0, even if an activity never lets go of its thread")
    func process() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try await Self.runInProcess(folder: folder, grace: .seconds(1)) { input in
                kill(getpid(), SIGTERM)
                while true { Self.blockThread() }
            }
        }
        // The same files in a new process: the activity runs again, and its orchestrator completes.
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try await Self.runInProcess(folder: folder, grace: .seconds(240)) { input in
                // The end of the process comes when the result is recorded.
                Task {
                    kill(getpid(), SIGTERM)
                }
                return "\(input), after"
            }
        }
        try await Cluster.run(in: folder) { cluster in
            let host = try await cluster.start { host in
                Self.registerSingle(host)
                host.register(Self.work) { input in "\(input), late" }
            }
            let instance = cluster.client.instance(of: Self.single, id: "process")
            #expect(try await instance.result() == "work, after")
            try await host.stop()
        }
    }

    /// A whole host of this process that SIGTERM stops, and one instance.
    private static func runInProcess(
        folder: String, grace: Duration, activity: @escaping @Sendable (String) async throws -> String
    ) async throws {
        var configuration = HostConfiguration(
            hub: Cluster.hub, dataDirectory: folder, partitionCount: Cluster.partitions)
        configuration.graces.stop = grace
        let transport = InProcessTransport()
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        let host = try TaskHubHost(configuration, environment: environment, logger: LogLines().logger)
        registerSingle(host)
        host.register(work) { input in try await activity(input) }
        let services = ServiceGroup(
            services: [host], gracefulShutdownSignals: [.sigterm], logger: LogLines().logger)
        async let running: Void = services.run()
        if try await host.becomesReady() {
            do {
                let client = try await TaskHubClient(hub: Cluster.hub, transport: transport, logger: LogLines().logger)
                _ = try await client.start(single, "work", id: "process")
            } catch {
                // The signal may come before the answer: then the host is gone. What counts is in the files.
            }
        }
        try await running
    }

    private static func blockThread() { sleep(1000) }
}
