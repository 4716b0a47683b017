import Testing

@testable import Warren

/// Labels that code sets.
@Suite("Tags while running", .timeLimit(.minutes(5)))
struct TagTests {
    private static let flow = Orchestration<Void, [String: String]>("Flow")

    private func host(
        _ mode: ScriptedHost.Mode, _ body: @escaping Orchestration<Void, [String: String]>.Body
    ) -> ScriptedHost {
        let functions = FunctionRegistry()
        functions.register(Self.flow, body: body)
        let host = ScriptedHost(functions, "Flow", mode: mode)
        host.started.tags = ["team": "blue", "old": "x"]
        return host
    }

    @Test(
        "labels are set, changed and removed, seen by the code, and recorded once",
        arguments: ScriptedHost.Mode.allCases)
    func setting(mode: ScriptedHost.Mode) throws {
        let host = host(mode) { context, _ in
            try context.setTag("phase", "one")
            try context.setTag("old", nil)
            try context.setTag("team", "blue")
            _ = try await context.wait(for: Work.go)
            try context.setTag("phase", "two")
            return context.tags
        }
        #expect(
            host.start().actions == [.setTag(name: "phase", value: "one"), .setTag(name: "old", value: nil)])
        #expect(host.raise("Go", .integer(1)).actions == [.setTag(name: "phase", value: "two")])
        #expect(host.output == #"{"phase":"two","team":"blue"}"#)
        #expect(host.history.contains(.tagSet(name: "old", value: nil)))
        #expect(try HistoryCodec.decode(HistoryCodec.encode(host.history)) == host.history)
        let json = Payload(json: "[" + host.history.map(\.jsonObject.json).joined(separator: ",") + "]")
        #expect(try HistoryEvent.history(json: json) == host.history)
    }

    @Test("code under way may set other labels than the history has")
    func changedCode() {
        let before = host(.warm) { context, _ in
            try context.setTag("phase", "one")
            _ = try await context.wait(for: Work.go)
            return context.tags
        }
        before.start()
        let after = host(.evicting) { context, _ in
            try context.setTag("state", "1")
            _ = try await context.wait(for: Work.go)
            return [:]
        }
        after.history = before.history
        after.raise("Go", .integer(1))
        #expect(after.output == "{}")
    }

    @Test("names, values and numbers of labels are bounded, with a reason")
    func bounds() {
        var tags: [String: String] = [:]
        #expect(TagRules.problem(name: "", value: "x", in: tags) != nil)
        #expect(TagRules.problem(name: String(repeating: "n", count: 201), value: "x", in: tags) != nil)
        #expect(TagRules.problem(name: "a\u{7}", value: "x", in: tags) != nil)
        #expect(TagRules.problem(name: "a", value: "x\ny", in: tags) != nil)
        #expect(TagRules.problem(name: "a", value: String(repeating: "v", count: 1025), in: tags) != nil)
        #expect(TagRules.problem(name: "a", value: String(repeating: "v", count: 1024), in: tags) == nil)
        for number in 0..<64 { tags["t\(number)"] = "x" }
        #expect(TagRules.problem(name: "t65", value: "x", in: tags)?.contains("64 are allowed") == true)
        #expect(TagRules.problem(name: "t1", value: "y", in: tags) == nil)
        #expect(TagRules.problem(name: "t65", value: nil, in: tags) == nil)
    }

    @Test("a label that is not acceptable fails the call, not the instance")
    func refused() {
        let host = host(.warm) { context, _ in
            do {
                try context.setTag("", "x")
            } catch let error as WarrenError where error.code == .invalidTag {
                return ["caught": "yes"]
            }
            return [:]
        }
        host.start()
        #expect(host.output == #"{"caught":"yes"}"#)
    }
}
