import Foundation
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenTestKit

/// Payloads that never go to the payload folder: those of operations and states of entities, queries, updates, heartbeats. Up to
/// the bound of messages they pass whole; beyond it the failure names the bound.
@Suite("Payloads that are in no folder", .timeLimit(.minutes(2)))
struct WholePayloadTests {
    private struct Text: EntityState { var text = "" }
    private static let text = Entity<Text>("Text")
    private static let take = text.operation("take", String.self, returning: Int.self)
    private static let give = text.operation("give", Int.self, returning: String.self)
    private static let keep = text.operation("keep", Int.self, returning: Int.self)
    private static let calls = Orchestration<String, String>("Calls")
    private static let serves = Orchestration<Int, Int>("Serves")
    private static let report = Activity<Int, String>("Report")
    private static let measure = Query<String, Int>("measure")
    private static let show = Query<Int, String>("show")
    private static let add = Update<String, Int>("add")
    private static let fetch = Update<Int, String>("fetch")
    private static let go = ExternalEvent<Int>("Go")
    /// Sizes above the threshold of the folder, and above the bound of messages, which is 1 MiB here.
    private static let (some, much) = (400_000, 1_200_000)

    private func withHub(_ body: (TestHub, TaskHubClient) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-whole-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = TestHubOptions(payloadDirectory: folder)
        options.configure = { $0.messages.maximumSize = 1 << 20 }
        try await withTaskHub(options) { hub in
            hub.register(Self.take) { _, text, _ in text.utf8.count }
            hub.register(Self.give) { _, size, _ in Self.text(of: size) }
            hub.register(Self.keep) { state, size, _ in
                state.text = Self.text(of: size)
                return size
            }
            hub.register(Self.report) { size, context in
                do {
                    try context.heartbeat(Self.text(of: size))
                    return "reported"
                } catch let error as WarrenError {
                    return error.message
                }
            }
            hub.register(Self.calls) { context, words in
                let parts = words.split(separator: " ")
                let size = parts.last.flatMap { Int($0) } ?? 0
                do {
                    switch parts.first {
                    case "take": return "\(try await context.call(Self.take, Self.text(of: size), on: "a"))"
                    case "give": return "\(try await context.call(Self.give, size, on: "a").utf8.count)"
                    case "keep": return "\(try await context.call(Self.keep, size, on: "a"))"
                    default: return ""
                    }
                } catch let failure as EntityFailure {
                    return "\(failure.details.type): \(failure.details.message)"
                }
            }
            hub.register(Self.serves) { context, _ in
                context.answer(Self.measure) { $0.utf8.count }
                context.answer(Self.show) { Self.text(of: $0) }
                context.accept(Self.add) { $0.utf8.count }
                context.accept(Self.fetch) { Self.text(of: $0) }
                return try await context.wait(for: Self.go)
            }
            try await body(hub, try await hub.client)
        }
    }

    private static func text(of size: Int) -> String { String(repeating: "x", count: size) }

    @Test("An entity's operation, result and state pass whole up to the bound of messages, and fail the call beyond it")
    func entities() async throws {
        try await withHub { hub, client in
            for verb in ["take", "give", "keep"] {
                let passed = try await hub.result(of: try await client.start(Self.calls, "\(verb) \(Self.some)"))
                #expect(passed == "\(Self.some)", "\(verb)")
                let failed = try await hub.result(of: try await client.start(Self.calls, "\(verb) \(Self.much)"))
                #expect(
                    failed.hasPrefix("PayloadTooLarge: ") && failed.contains("at most 1048576"), "\(verb): \(failed)")
            }
            // A client's message has the bound of the intake.
            let refused = await #expect(throws: ClientError.self) {
                try await client.signal(Self.take, Self.text(of: Self.much), on: "a")
            }
            #expect(refused?.message.contains("at most 1048576") == true, "\(String(describing: refused))")
        }
    }

    @Test("Questions and updates of more than a message are refused with the bound, and the instance goes on")
    func questions() async throws {
        try await withHub { hub, client in
            let instance = try await client.start(Self.serves, 0, id: "serves")
            #expect(try await instance.query(Self.measure, Self.text(of: Self.some)) == Self.some)
            #expect(try await instance.update(Self.add, Self.text(of: Self.some)) == Self.some)
            #expect(try await instance.query(Self.show, Self.some).utf8.count == Self.some)
            #expect(try await instance.update(Self.fetch, Self.some).utf8.count == Self.some)
            for error in [
                await #expect(throws: ClientError.self) {
                    try await instance.query(Self.measure, Self.text(of: Self.much))
                },
                await #expect(throws: ClientError.self) {
                    try await instance.update(Self.add, Self.text(of: Self.much))
                },
            ] {
                #expect(error?.message.contains("at most 1048576") == true, "\(String(describing: error))")
            }
            let asked = await #expect(throws: ClientError.self) { try await instance.query(Self.show, Self.much) }
            #expect(asked?.message.contains("1048576") == true, "\(String(describing: asked))")
            let fetched = await #expect(throws: HandlerFailure.self) {
                try await instance.update(Self.fetch, Self.much)
            }
            #expect(fetched?.details.type == "PayloadTooLarge", "\(String(describing: fetched))")
            try await client.raise(Self.go, 5, to: "serves")
            #expect(try await hub.result(of: instance) == 5)
        }
    }

    @Test("A heartbeat has 4 KiB, whatever the folder takes; the activity that reports more is told so")
    func heartbeats() async throws {
        try await withHub { hub, client in
            let report = Orchestration<Int, String>("Reports")
            hub.register(report) { context, size in try await context.call(Self.report, size) }
            #expect(try await hub.result(of: try await client.start(report, 4000)) == "reported")
            let refused = try await hub.result(of: try await client.start(report, 300_000))
            #expect(refused.contains("4096 are allowed"), "\(refused)")
        }
    }
}
