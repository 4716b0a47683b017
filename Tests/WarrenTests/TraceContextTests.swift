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

    @Test("Baggage of 8192 bytes and 64 members is carried, and more of either is left out as a whole")
    func baggage() throws {
        func carried(_ text: String) throws -> String? {
            try #require(TraceContext(traceparent: Self.parent, baggage: text)).baggage
        }
        let most = (0..<64).map { "k\($0)=v" }.joined(separator: ",")
        #expect(try carried(most) == most && carried(most + ",k64=v") == nil)
        let longest = "a=" + String(repeating: "x", count: 8190)
        #expect(try carried(longest) == longest && carried(longest + "x") == nil)
        for text in ["", "a=é", "a=1\n", "a=1\tb=2"] { #expect(try carried(text) == nil, "\(text)") }
    }

    @Test("The stored form is read back, and no other")
    func stored() throws {
        for state in [nil, "a=1", " a = 1 "] {
            for baggage in [nil, "user=7", " a = 1 , b"] {
                let context = try #require(
                    TraceContext(traceparent: Self.parent, tracestate: state, baggage: baggage))
                #expect(context.baggage == baggage && TraceContext(stored: context.stored) == context)
                #expect(context.carrying(nil) == TraceContext(traceparent: Self.parent, tracestate: state))
            }
        }
        for text in [
            "", Self.parent + " ", Self.parent + "a", Self.parent + " a=\u{7F}", "é" + Self.parent, Self.parent + "\t",
            Self.parent + "\ta=1\tb", "\ta=1",
        ] {
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

    @Test("An event keeps its trace in a history, stored and exported, and its words with it")
    func event() throws {
        let trace = try #require(TraceContext(traceparent: Self.parent, tracestate: "a=1", baggage: "b=2"))
        var event = HistoryEvent.eventRaised(name: "Go", input: "1", trace: trace)
        for words in [nil, "sent as text/plain", "two\nlines", ""] {
            event.origin = words
            let read = try HistoryCodec.decode(HistoryCodec.encode([event, .timerFired(id: 3)]))
            #expect(read == [event, .timerFired(id: 3)])
            #expect(read.first?.origin == (words == "" ? nil : words))
        }
        // Words alone are words, also if their end looks like a line of something.
        var other = HistoryEvent.eventRaised(name: "Go", input: "1")
        other.origin = "words\n00-not-a-trace"
        let read = try HistoryCodec.decode(HistoryCodec.encode([other]))
        #expect(read == [other] && read.first?.origin == other.origin)
        // Who may read a history need not see baggage.
        let json = event.jsonObject
        #expect(!json.json.contains("b=2"))
        #expect(
            try HistoryEvent.history(json: Payload(json: "[\(json.json)]"))
                == [.eventRaised(name: "Go", input: "1", trace: trace.carrying(nil))])
    }

    @Test("A host of the version before reads an event with a trace as one with words, and can run its instance")
    func versionBefore() throws {
        let trace = try #require(TraceContext(traceparent: Self.parent))
        let bytes = HistoryCodec.encode([.eventRaised(name: "Go", input: "1", trace: trace)])
        // The version of the format, the tag of words, their length, the words; then the event as it always was.
        let words = "\n" + Self.parent
        let known = HistoryCodec.encode([.eventRaised(name: "Go", input: "1")])
        #expect(bytes == [1, 40, UInt8(words.utf8.count)] + Array(words.utf8) + known.dropFirst())
    }
}
