import Testing
import WarrenSupport

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What was sent is what is shown, exported and replayed: no digit, escape or order of members changes on the way.
@Suite("Payloads are opaque", .timeLimit(.minutes(5)))
struct OpaquePayloadTests {
    private struct Envelope: Codable {
        var first: Payload
        var list: [Payload]
        var named: [String: Payload]
        var absent: Payload?
        var text: String
    }

    private static let literals = [
        "1e400", "-1e400", "1e-400", "12345678901234567890123", "-0", "1.10", "0.1000", "1E+2", "100", "5e-324",
        "123456789.123456789123456789", "18446744073709551615", "-9223372036854775808", "\"\"", #""\u00e9\/""#,
        #""\ud83d\udc07""#, "\"é\"", "\"e\u{301}\"", "null", "true", "false", "[]", "{}", "[[],[{}]]",
        #"{"b":1,"a":2,"b":1.0}"#, "\"\u{2028}\u{7F}\"", #""\b\f\n\r\t\u0000""#,
    ]

    private let codec = JSONPayloadCodec()

    @Test("payloads inside values pass through the codec as they are written")
    func inside() throws {
        var generator = SplitMix64(state: 11)
        for round in 0..<300 {
            let payloads = (0..<5).map { _ in text(&generator, depth: 0) }
            let envelope = Envelope(
                first: payloads[0], list: [payloads[1], payloads[2]], named: ["x": payloads[3], "/\"": payloads[4]],
                absent: nil, text: "warren-payload-1:")
            let written = try codec.encode(envelope)
            try JSONValidator.check(written.bytes, maximumDepth: 512)
            let read = try codec.decode(Envelope.self, from: written)
            #expect(read.first.json == payloads[0].json, "round \(round)")
            #expect(read.list.map(\.json) == payloads[1...2].map(\.json), "round \(round)")
            #expect(read.named.mapValues(\.json) == ["x": payloads[3].json, "/\"": payloads[4].json], "round \(round)")
            #expect(read.text == "warren-payload-1:" && read.absent == nil)
        }
    }

    @Test("a status as hosts send it keeps every payload", arguments: literals)
    func status(literal: String) throws {
        let payload = Payload(json: literal)
        let status = OrchestrationStatus(
            name: "N", instanceID: "i", executionID: "e", runtimeStatus: .failed, createdAt: Timestamp(microseconds: 1),
            lastUpdatedAt: Timestamp(microseconds: 2), input: payload, output: payload, customStatus: payload,
            failure: FailureDetails(type: "T", message: "m", details: payload), tags: [:],
            history: [HistoryEvent.taskCompleted(id: 3, result: payload).jsonObject])
        let read = try codec.decode(OrchestrationStatus.self, from: codec.encode(status))
        guard literal != "null" else { return }
        #expect(read.input?.json == literal && read.output?.json == literal && read.customStatus?.json == literal)
        #expect(read.failure?.details?.json == literal)
        #expect(read.history?.first?.json == #"{"id":3,"result":\#(literal),"type":"TaskCompleted"}"#)
    }

    @Test("space between tokens goes, so that an object stays on its line; space in texts stays")
    func space() throws {
        let payload: Payload = "{ \"a b\\\" \" : [ 1 ,\n\t2 ] }\r\n"
        #expect(try payload.compact().json == #"{"a b\" ":[1,2]}"#)
        #expect(HistoryEvent.eventRaised(name: "E", input: payload).jsonObject.json.contains("\n") == false)
        #expect(HistoryEvent.eventRaised(name: "E", input: "{broken").jsonObject.json.contains(#""{broken""#))
    }

    @Test("exported histories are read back whatever numbers, texts, years and sizes are in them")
    func exported() throws {
        var generator = SplitMix64(state: 5)
        for _ in 0..<200 {
            let payload = text(&generator, depth: 0)
            let time = time(&generator)
            let failure = FailureDetails(
                type: "T", message: "m\n\"", stack: "s", details: payload == "null" ? nil : payload,
                inner: [FailureDetails(type: "U", message: "", details: "[1.10]")], isNonRetriable: true)
            let events: [HistoryEvent] = [
                .orchestratorStarted(time),
                .executionStarted(
                    ExecutionStarted(
                        name: "N", instanceID: "i/é", executionID: "e", input: payload, tags: ["é": "x", "b": "y"],
                        scheduledStart: time)),
                .taskScheduled(id: 0, name: "A", input: payload, terms: TaskTerms(retryOf: 0, attempt: 2)),
                .taskCompleted(id: 0, result: payload),
                .taskFailed(id: 1, failure: failure), .timerCreated(id: 2, fireAt: time),
                .orchestrationStarted(id: 3, name: "N", instanceID: "j", input: payload, startAt: time),
                .eventRaised(name: "E", input: payload), .continuedAsNew(input: payload),
                .executionCompleted(.failed, output: payload, failure: failure),
            ]
            let json = "[" + events.map(\.jsonObject.json).joined(separator: ",") + "]"
            #expect(try HistoryEvent.history(json: Payload(json: json)) == events)
            #expect(try HistoryCodec.decode(HistoryCodec.encode(events)) == events)
        }
        let large = Payload(json: "\"" + String(repeating: "x", count: 3 << 20) + "\"")
        let exported = HistoryEvent.eventRaised(name: "E", input: large).jsonObject.json
        #expect(
            try HistoryEvent.history(json: Payload(json: "[\(exported)]")) == [.eventRaised(name: "E", input: large)])
    }

    @Test("dates of every year are read as they were written, and beyond them refused in words")
    func dates() throws {
        let years: [Date] = [
            .distantPast, .distantFuture, Date(timeIntervalSince1970: -62_135_596_800),  // year 1
            Date(timeIntervalSince1970: -62_167_219_201),  // the last second of year -1
            Date(timeIntervalSince1970: 253_402_300_799.5), Date(timeIntervalSince1970: 253_402_300_800),  // year 10000
            Date(timeIntervalSince1970: -9_223_372_036_854), Date(timeIntervalSince1970: 9_223_372_036_854),
        ]
        for date in years {
            let payload = try codec.encode([date])
            #expect(try codec.decode([Date].self, from: payload) == [date], "\(payload)")
        }
        #expect(try codec.encode(Date(timeIntervalSince1970: 253_402_300_800)) == "\"+10000-01-01T00:00:00Z\"")
        #expect(ISO8601.timestamp("10000-01-01T00:00:00Z") == ISO8601.timestamp("+10000-01-01T00:00:00Z"))
        var generator = SplitMix64(state: 9)
        for _ in 0..<5000 {
            let time = time(&generator)
            #expect(ISO8601.timestamp(ISO8601.text(time)) == time, "\(time.microseconds)")
        }
        for time in [Timestamp(microseconds: .min), Timestamp(microseconds: .max)] {
            #expect(ISO8601.timestamp(ISO8601.text(time)) == time)
        }
        for text in ["+294247-01-10T04:00:54.775808Z", "-290308-12-21T19:59:05.224191Z", "+999999-01-01T00:00:00Z"] {
            #expect(ISO8601.timestamp(text) == nil, "\(text)")
        }
        for seconds in [1e15, -1e15, .infinity, .nan] {
            #expect { try codec.encode([Date(timeIntervalSince1970: seconds)]) } throws: { error in
                "\(error)".contains("at [0]: a date outside of the years -290308 to 294247")
            }
        }
    }

    @Test("what the codec writes it reads, at the edges of its types")
    func types() throws {
        func same<Value: Codable & Equatable>(_ value: Value) throws {
            #expect(try codec.decode(Value.self, from: codec.encode(value)) == value)
            #expect(try codec.decode([Value].self, from: codec.encode([value])) == [value])
            #expect(try Payload(encoding: value).decode(as: Value.self) == value)
        }
        for number in [
            Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .ulpOfOne, 0.1 + 0.2,
            -0.0,
            9_007_199_254_740_992,
        ] { try same(number) }
        try same(Float.greatestFiniteMagnitude)
        try same(UInt64.max)
        try same(Int64.min)
        try same(Decimal(string: "12345678901234567890.123456789") ?? 0)
        try same(URL(string: "https://example.org/a?b=é#c"))
        try same(Data((0...255).map { UInt8($0) }))
        try same(["é": 1])
        try same([Int?.none, 1])
        try same([1: "a", -2: "b"])
        for number in [Double.infinity, -.infinity, .nan] {
            #expect(throws: WarrenError.self) { try codec.encode([number]) }
            #expect(throws: WarrenError.self) { try codec.encode(number) }
        }
    }

    @Test("a payload is read as a type by anyone who holds one, or says why not")
    func reading() throws {
        struct Progress: Codable, Equatable { var done: Int }
        #expect(try Payload(json: #"{"done":3}"#).decode(as: Progress.self) == Progress(done: 3))
        let value: [Double] = try Payload(json: "[1.10]").decode()
        #expect(value == [1.1])
        #expect(throws: WarrenError.self) { try Payload(json: "[1]").decode(as: Progress.self) }
        #expect(try Payload(encoding: Progress(done: 4)) == #"{"done":4}"#)
    }

    // MARK: Generators

    /// JSON without space between tokens, of literals that every type would change.
    private func text(_ generator: inout SplitMix64, depth: Int) -> Payload {
        var json = ""
        append(to: &json, &generator, depth: depth)
        return Payload(json: json)
    }

    private func append(to json: inout String, _ generator: inout SplitMix64, depth: Int) {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &generator) {
        case 0: json += "\(Int64.random(in: .min ... .max, using: &generator))"
        case 1:
            json += Bool.random(using: &generator) ? "-" : ""
            json += (0..<Int.random(in: 1...40, using: &generator)).map { _ in "7" }.joined()
            json +=
                ".\(UInt64.random(in: 0...(.max), using: &generator))0e\(Int.random(in: -999...999, using: &generator))"
        case 2:
            let scalars = (0..<5).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0x20...0xD7FF, using: &generator))
            }
            var bytes: [UInt8] = []
            JSONText.append(String(String.UnicodeScalarView(scalars)), to: &bytes)
            json += String(decoding: bytes, as: UTF8.self)
        case 6:
            json += "["
            for index in 0..<3 {
                if index > 0 { json += "," }
                append(to: &json, &generator, depth: depth + 1)
            }
            json += "]"
        case 7:
            json += "{"
            for index in 0..<3 {
                json += "\(index > 0 ? "," : "")\"\(UInt8.random(in: 0...255, using: &generator))\\u0022\":"
                append(to: &json, &generator, depth: depth + 1)
            }
            json += "}"
        default: json += Self.literals.randomElement(using: &generator) ?? "0"
        }
    }

    private func time(_ generator: inout SplitMix64) -> Timestamp {
        let bits = Int.random(in: 1...63, using: &generator)
        let value = Int64(truncatingIfNeeded: generator.next()) >> (63 - bits)
        return Timestamp(microseconds: value)
    }
}
