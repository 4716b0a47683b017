import Testing

@testable import Warren

@Suite("History codec", .timeLimit(.minutes(5)))
struct HistoryCodecTests {
    static let failure = FailureDetails(
        type: "Ünusual", message: "m\u{0}\n", stack: "at a:1",
        inner: [FailureDetails(type: "I", message: "", inner: [FailureDetails(type: "J", message: "j")])],
        isNonRetriable: true)

    /// One of every kind, with absent and present options.
    static let events: [HistoryEvent] = [
        .orchestratorStarted(Timestamp(microseconds: 1_700_000_000_123_456)),
        .executionStarted(
            ExecutionStarted(
                name: "N", instanceID: "i", executionID: "e", input: #"{"a":[1,null]}"#,
                parent: ParentInstance(name: "P", instanceID: "pi", executionID: "pe", taskID: 3),
                tags: ["k": "v", "a": "ü"], scheduledStart: Timestamp(microseconds: -5_000_000))),
        .executionStarted(ExecutionStarted(name: "N", instanceID: "i", executionID: "e", input: .null)),
        .taskScheduled(id: 0, name: "T", input: "1"), .taskCompleted(id: 0, result: "\"r\""),
        .taskFailed(id: 300, failure: failure),
        .subOrchestrationCreated(id: 1, name: "S", instanceID: "e:1", input: .null),
        .subOrchestrationCompleted(id: 1, result: "{}"), .subOrchestrationFailed(id: 70_000, failure: failure),
        .timerCreated(id: 2, fireAt: Timestamp(microseconds: 0)), .timerFired(id: 2),
        .eventSent(id: 3, instanceID: "o", name: "E", input: "true"),
        .orchestrationStarted(
            id: 4, name: "D", instanceID: "d", input: "1.5", startAt: Timestamp(microseconds: 1_000_001)),
        .orchestrationStarted(id: 5, name: "D", instanceID: "d", input: "0", startAt: nil),
        .eventRaised(name: "Go", input: "[]"), .executionSuspended(reason: "why"), .executionSuspended(reason: nil),
        .executionResumed(reason: ""), .executionTerminated(reason: "x"), .continuedAsNew(input: "9"),
        .executionCompleted(.failed, output: .null, failure: failure),
        .executionCompleted(.completed, output: "1", failure: nil),
    ]

    @Test("every event survives, together and alone")
    func roundTrip() throws {
        #expect(try HistoryCodec.decode(HistoryCodec.encode(Self.events)) == Self.events)
        #expect(try HistoryCodec.decode(HistoryCodec.encode([])) == [])
        for event in Self.events { #expect(try HistoryCodec.decode(HistoryCodec.encode([event])) == [event]) }
        let extremes: [HistoryEvent] = [
            .orchestratorStarted(Timestamp(microseconds: .max)),
            .timerCreated(id: .max, fireAt: Timestamp(microseconds: .min)),
        ]
        #expect(try HistoryCodec.decode(HistoryCodec.encode(extremes)) == extremes)
    }

    @Test("a later attempt has a tag of its own, so that what was stored before it came reads as it did")
    func laterAttempt() throws {
        let event = HistoryEvent.taskScheduled(id: 301, name: "T", input: "1", terms: TaskTerms(retryOf: 2, attempt: 2))
        let bytes: [UInt8] = [1, 19, 218, 4, 1, 84, 1, 49, 4]
        #expect(HistoryCodec.encode([event]) == bytes)
        #expect(try HistoryCodec.decode(bytes) == [event])
        #expect(try HistoryEvent.history(json: Payload(json: "[\(event.jsonObject)]")) == [event])
    }

    @Test("a step costs few bytes")
    func size() {
        let step: [HistoryEvent] = [
            .orchestratorStarted(Timestamp(microseconds: 1_700_000_000_123_456)),
            .taskCompleted(id: 1, result: "\"ok\""),
            .taskScheduled(id: 2, name: "SayHello", input: "\"Tokyo\""),
        ]
        #expect(HistoryCodec.encode(step).count < 40)
    }

    @Test("damaged bytes throw and never trap")
    func damage() {
        let good = HistoryCodec.encode(Self.events)
        for count in 0..<good.count { #expect((try? HistoryCodec.decode(Array(good[..<count]))) != Self.events) }
        var generator = SplitMix64(state: 7)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            _ = try? HistoryCodec.decode(bytes)
        }
        for bad in [
            [], [0], [2], [1, 0], [1, 255], [1, 10], [1, 10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
        ] as [[UInt8]] {
            #expect(throws: WarrenError.self) { try HistoryCodec.decode(bad) }
        }
    }

    @Test("causes nested beyond any sense are cut when written, and refused when read")
    func depth() throws {
        let deep = (0..<1000).reduce(FailureDetails(type: "T", message: "0")) { inner, level in
            FailureDetails(type: "T", message: "\(level)", inner: [inner])
        }
        let decoded = try HistoryCodec.decode(HistoryCodec.encode([.taskFailed(id: 0, failure: deep)]))
        guard case .taskFailed(_, let failure)? = decoded.first else { return }
        #expect(failure.message == "999" && failure.rootCause.message == "967")
        var bytes: [UInt8] = [1, 5, 0]
        for _ in 0..<5000 { bytes += [0, 0, 0, 0, 1] }
        #expect(throws: WarrenError.self) { try HistoryCodec.decode(bytes) }
    }

    @Test("events read as JSON objects, and exported histories can be read back")
    func json() throws {
        #expect(
            HistoryEvent.taskScheduled(id: 0, name: "SayHello", input: "\"Tokyo\"").jsonObject
                == #"{"id":0,"input":"Tokyo","name":"SayHello","type":"TaskScheduled"}"#)
        let exported = Payload(json: "[" + Self.events.map(\.jsonObject.json).joined(separator: ",") + "]")
        #expect(try HistoryEvent.history(json: exported) == Self.events)
        for bad in ["{}", "[1]", #"[{"type":"Nope"}]"#, #"[{"type":"TimerFired","id":"x"}]"#] {
            #expect(throws: WarrenError.self) { try HistoryEvent.history(json: Payload(json: bad)) }
        }
    }
}
