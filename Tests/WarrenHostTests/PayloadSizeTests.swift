import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import WarrenHost

/// Payloads above the bounds: whoever waits hears of it, in every direction. The bound is 8 MiB, 1 MiB for results.
@Suite("Payloads that are too large", .timeLimit(.minutes(5)))
struct PayloadSizeTests {
    private static let limit = 8 << 20
    private static let length = Activity<String, Int>("Length")
    private static let blob = Activity<Int, String>("Blob")
    private static let complaint = Activity<Int, String>("Complaint")
    private static let child = Orchestration<String, Int>("Child")
    private static let produce = Orchestration<Int, String>("Produce")

    private static func text(_ bytes: Int) -> String { String(repeating: "x", count: bytes) }

    private struct Complaint: Error, CustomStringConvertible {
        var description: String { text(2_000_000) }
    }

    private func withHub(_ body: (TestHub, TaskHubClient) async throws -> Void) async throws {
        try await withTaskHub { hub in
            hub.register(Self.length) { $0.utf8.count }
            hub.register(Self.blob) { Self.text($0) }
            hub.register(Self.complaint) { _ -> String in throw Complaint() }
            hub.register(Self.child) { _, text in text.utf8.count }
            hub.register(Self.produce) { _, bytes in Self.text(bytes) }
            hub.register(Orchestration<Int, [String]>("Calls")) { context, bytes in
                func told(_ call: () async throws -> String) async throws -> String {
                    do {
                        return try await call()
                    } catch let failure as TaskFailure {
                        return "\(failure.details.type) \(failure.details.isNonRetriable): \(failure.details.message)"
                    }
                }
                return [
                    try await told { String(try await context.call(Self.length, Self.text(bytes))) },
                    try await told { String(try await context.call(Self.child, Self.text(bytes))) },
                    try await told { try await context.call(Self.produce, bytes) },
                ]
            }
            hub.register(Orchestration<Int, String>("Results")) { context, bytes in
                do {
                    return String(try await context.call(Self.blob, bytes).utf8.count)
                } catch let failure as TaskFailure {
                    return "\(failure.details.type) \(failure.details.isNonRetriable): \(failure.details.message)"
                }
            }
            hub.register(Orchestration<Int, String>("Complains")) { context, _ in
                do {
                    return try await context.call(Self.complaint, 1)
                } catch let failure as TaskFailure {
                    return String(failure.details.message.suffix(60))
                }
            }
            hub.register(Orchestration<Int, Int>("Sends")) { context, bytes in
                try context.send(ExternalEvent<String>("Go"), Self.text(bytes), to: "somebody")
                return 1
            }
            hub.register(Orchestration<String, Int>("Goes")) { context, text in
                try context.continueAsNew(text + Self.text(Self.limit))
            }
            hub.register(Orchestration<Int, Int>("Says")) { context, bytes in
                context.print(Self.text(bytes))
                return 1
            }
            try await body(hub, try await hub.client)
        }
    }

    @Test("Inputs of activities and children, and outputs of children, fail their call with size and limit")
    func calls() async throws {
        try await withHub { _, client in
            let output = try await client.start(Orchestration<Int, [String]>("Calls"), Self.limit).result()
            for line in output {
                #expect(line.hasPrefix("PayloadTooLarge true: "), "\(line)")
                #expect(line.contains("\(Self.limit + 2) bytes") && line.contains("at most \(Self.limit)"), "\(line)")
            }
            #expect(output.count == 3)
        }
    }

    @Test("A result that is larger than what is taken fails its activity at the worker; the largest one passes")
    func results() async throws {
        try await withHub { _, client in
            let results = Orchestration<Int, String>("Results")
            #expect(try await client.start(results, (1 << 20) - 2).result() == "\((1 << 20) - 2)")
            let line = try await client.start(results, (1 << 20) - 1).result()
            #expect(line.hasPrefix("PayloadTooLarge true: "), "\(line)")
            #expect(line.contains("1048577 bytes") && line.contains("1048576"), "\(line)")
        }
    }

    @Test("An error with a description of megabytes fails its activity with a part of it")
    func errors() async throws {
        try await withHub { _, client in
            let line = try await client.start(Orchestration<Int, String>("Complains"), 1).result()
            #expect(line.hasSuffix("(shortened, it had 2000000 bytes)"), "\(line)")
        }
    }

    @Test("An output, an event, a next generation's input that nobody could take fails its instance", arguments: 0..<3)
    func ends(_ kind: Int) async throws {
        try await withHub { _, client in
            let failure = await #expect(throws: OrchestrationFailure.self) {
                switch kind {
                case 0: _ = try await client.start(Self.produce, Self.limit).result()
                case 1: _ = try await client.start(Orchestration<Int, Int>("Sends"), Self.limit).result()
                default: _ = try await client.start(Orchestration<String, Int>("Goes"), "").result()
                }
            }
            #expect(failure?.details.type == "PayloadTooLarge")
            #expect(
                failure?.details.message.contains("at most \(Self.limit)") == true, "\(String(describing: failure))")
        }
    }

    @Test("A console line that is too large is cut, and its instance goes on")
    func cut() async throws {
        try await withHub { _, client in
            let instance = try await client.start(Orchestration<Int, Int>("Says"), Self.limit)
            #expect(try await instance.result() == 1)
        }
    }

    @Test("A start with an input above the bound is refused by the client in words, and nothing is sent")
    func start() async throws {
        try await withHub { _, client in
            let error = await #expect(throws: ClientError.self) {
                try await client.start(Self.child, Self.text(Self.limit))
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("at most \(Self.limit) are sent") == true)
        }
    }
}
