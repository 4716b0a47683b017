#if HTTP
import Foundation
import Subprocess
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Orders

/// The executable `orders` without its own `charge`, as a process of its own over the broker that `WARREN_BROKER_URL` names.
struct OrdersHost {
    let fixture: HostFixture
    let client: TaskHubClient
    /// The same file as the host's and the worker's.
    let shop: Shop

    static let activities = [
        Orders.reserve.name, Orders.release.name, Orders.charge.name, Orders.refund.name, Orders.ship.name,
    ]

    /// Runs the body while a host runs.
    static func running(_ body: (OrdersHost) async throws -> Void) async throws {
        try await HostFixture.run(activities: activities) { fixture in
            let arguments = fixture.hostArguments + ["--http-port", "0", "--without-charge"]
            try await HostProcess.running(Program.product("orders"), arguments) { _ in
                let shop = try Shop(path: fixture.data.appending(path: "orders.sqlite").path)
                try await fixture.withClient { client in
                    try await body(OrdersHost(fixture: fixture, client: client, shop: shop))
                }
            }
        }
    }

    /// Runs the body while `charge.py` runs.
    func withWorker(_ body: () async throws -> Void) async throws {
        // It knows no other end.
        try await HostProcess.running(Program.python, worker, end: .killed) { _ in try await body() }
    }

    /// Runs the body while a `charge.py` runs that charges, and answers with what Python calls a dictionary, which is no JSON.
    func withMumblingWorker(_ body: () async throws -> Void) async throws {
        let program = """
            import json, runpy, sys
            json.dumps = lambda value, **more: str(value)
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name="__main__")
            """
        try await HostProcess.running(Program.python, ["-c", program] + worker, end: .killed) { _ in try await body() }
    }

    /// Runs the body when a `charge.py` is ready that dies where it would answer, and returns when it is dead.
    func withDyingWorker<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let program = """
            import os, runpy, sys
            from pika.adapters.blocking_connection import BlockingChannel
            BlockingChannel.basic_publish = lambda *arguments, **more: os._exit(9)
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name="__main__")
            """
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments([Program.python, "-c", program] + worker), input: .none,
            output: .sequence, error: .discarded
        ) { process in
            var lines = process.standardOutput.strings().makeAsyncIterator()
            _ = try await lines.next()
            let result = try await body()
            while try await lines.next() != nil {}
            return result
        }
        #expect(result.terminationStatus == .exited(9))
        return result.closureResult
    }

    /// The failed attempts of an order's activities.
    func failures<Output>(of instance: OrchestrationInstance<Output>) async throws -> [FailureDetails] {
        let history = try #require(try await instance.status(includeHistory: true)?.history)
        return try history.map(JSONValue.init).compactMap { event in
            guard event["type"] == "TaskFailed", let failure = event["failure"] else { return nil }
            return try JSONDecoder().decode(FailureDetails.self, from: JSONEncoder().encode(failure))
        }
    }

    /// Runs `order.py`, as the page on the AMQP contract shows it. Returns what it prints.
    func orderInPython() async throws -> String {
        let result = try await Program.run(
            Program.python, [program("order.py"), fixture.broker, fixture.hub])
        #expect(result.exitCode == 0, "\(result.errors)")
        return result.output
    }

    private var worker: [String] {
        [program("charge.py"), fixture.broker, fixture.hub, fixture.data.appending(path: "orders.sqlite").path]
    }

    private func program(_ name: String) -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return root.appending(path: "Sources/Samples/Orders/Workers/\(name)").path
    }
}
#endif
