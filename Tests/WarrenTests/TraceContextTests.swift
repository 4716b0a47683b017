import Testing
import Warren

/// The form of trace contexts: what a publisher may send, and what is stored.
@Suite("Trace contexts", .timeLimit(.minutes(1)))
struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A context in the recommendation's form is taken as it is")
    func valid() throws {
        let context = try #require(TraceContext(traceparent: Self.parent, tracestate: "rojo=00f067aa0ba902b7,congo=t6"))
        #expect(context.traceparent == Self.parent && context.tracestate == "rojo=00f067aa0ba902b7,congo=t6")
        #expect(context.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        // A later version of the same length has the same fields.
        #expect(TraceContext(traceparent: "01" + Self.parent.dropFirst(2)) != nil)
    }

    @Test(
        "Any other traceparent is none",
        arguments: [
            "", "x", String(parent.dropLast()), parent + "0", parent.uppercased(), " " + parent.dropFirst(),
            "ff" + parent.dropFirst(2), parent.replacing("-01", with: "_01"), parent.replacing("4bf9", with: "4bg9"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            // 55 characters, of which one has two bytes.
            parent.replacing("4bf9", with: "4bé9"),
        ])
    func invalid(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test(
        "A tracestate that may not be passed on is left out, and the rest kept",
        arguments: ["", "a=é", "a=1\n", String(repeating: "x", count: 513)])
    func state(text: String) throws {
        let context = try #require(TraceContext(traceparent: Self.parent, tracestate: text))
        #expect(context.tracestate == nil)
        #expect(
            TraceContext(traceparent: Self.parent, tracestate: String(repeating: "x", count: 512))?.tracestate != nil)
    }

    @Test("The stored form is read back, and no other")
    func stored() throws {
        for state in [nil, "a=1", " a = 1 "] {
            let context = try #require(TraceContext(traceparent: Self.parent, tracestate: state))
            #expect(TraceContext(stored: context.stored) == context)
        }
        for text in ["", Self.parent + " ", Self.parent + "a", Self.parent + " a=\u{7F}", "é" + Self.parent] {
            #expect(TraceContext(stored: text) == nil, "\(text)")
        }
    }

    @Test("An exported history shows the trace of its execution, and is read with it")
    func exported() throws {
        let facts = ExecutionStarted(
            name: "Order", instanceID: "o-1", executionID: "e", input: .null,
            trace: TraceContext(traceparent: Self.parent, tracestate: "a=1"))
        let json = HistoryEvent.executionStarted(facts).jsonObject
        #expect(json.json.contains("\"traceparent\":\"\(Self.parent)\",\"tracestate\":\"a=1\""))
        #expect(try HistoryEvent.history(json: Payload(json: "[\(json.json)]")) == [.executionStarted(facts)])
    }
}
