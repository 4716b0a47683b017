import Testing

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Payloads of strangers", .timeLimit(.minutes(5)))
struct PayloadReadingTests {
    private struct Item: Codable, Equatable {
        var name: String
        var count: Int
        var due: Date?
    }
    private struct Basket: Codable, Equatable {
        var items: [Item]
        var color: Color?
    }
    private enum Color: String, Codable, CaseIterable { case red, blue }
    private struct Wrapped: Codable, Equatable {
        var text: String
        init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    }
    private struct Picky: Codable {
        var value: Int
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = try container.decode(Int.self)
            guard value > 0 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "it must be positive")
            }
        }
    }

    private func read<Value: Decodable>(
        _ type: Value.Type, _ payload: Payload, _ codec: any PayloadCodec = JSONPayloadCodec()
    ) throws -> Value {
        try PayloadReading.decode(type, from: payload, codec)
    }

    /// The text of a JSON string with this content.
    private func text(_ content: String) -> Payload { Payload(JSONValue.string(content)) }

    private func problem<Value: Decodable>(_ type: Value.Type, _ payload: Payload) -> String {
        do {
            return "read as \(try read(type, payload))"
        } catch {
            return (error as? WarrenError)?.mismatch ?? "another error: \(error)"
        }
    }

    @Test("JSON inside a string is read where the string itself is not what is declared")
    func content() throws {
        #expect(try read([String].self, text(#"["Tokyo"]"#)) == ["Tokyo"])
        #expect(try read(Int.self, text("5")) == 5)
        #expect(try read(Int?.self, text("5")) == 5)
        #expect(try read(Bool.self, text("true")) == true)
        #expect(try read([String: Int].self, text(" { \"a\" : 1 } ")) == ["a": 1])
        #expect(try read([Int].self, text("\u{FEFF}[1]")) == [1])
        #expect(try read(Item.self, text(#"{"name":"a","count":1}"#)) == Item(name: "a", count: 1))
        #expect(try read([Int].self, Payload(text(text("[1]").json).value)) == [1])
        #expect(try read(Int.self, Payload(json: " \"5\" ")) == 5)
    }

    @Test("what is a string stays the text")
    func strings() throws {
        #expect(try read(String.self, text(#"["Tokyo"]"#)) == #"["Tokyo"]"#)
        #expect(try read(String?.self, text("5")) == "5")
        #expect(try read(String?.self, text("")) == "")
        #expect(try read(JSONValue.self, text("5")) == .string("5"))
        #expect(try read(Wrapped.self, text("5")).text == "5")
        #expect(try read(Color.self, text("red")) == .red)
        #expect(try read(Date.self, text("1970-01-01T00:00:01Z")) == Date(timeIntervalSince1970: 1))
    }

    @Test("an empty string is an absent value where there may be none")
    func absence() throws {
        #expect(try read([String]?.self, text("")) == nil)
        #expect(try read(Int?.self, text("")) == nil)
        #expect(try read(Item?.self, text("\u{FEFF}")) == nil)
        #expect(try read(Double?.self, text("")) == nil)
        #expect(try read(Bool?.self, text("")) == nil)
        #expect(try read([String: Int]?.self, text("")) == nil)
        #expect(try read(Color?.self, text("")) == nil)
        #expect(try read(Date?.self, text("")) == nil)
        #expect(try read(UUID?.self, text("")) == nil)
        #expect(try read(Int?.self, text(text("").json)) == nil, "as clients send it that write JSON into a string")
        // Of these an empty text is a value, and an activity that gave it has to be read as giving it on replay.
        #expect(try read(Payload?.self, text("")) == text(""))
        #expect(try read(JSONValue?.self, text("")) == .string(""))
        #expect(try read(Data?.self, text("")) == Data())
        try PayloadCoder<Void>.void.decode(text(""), JSONPayloadCodec())
        #expect(problem([String].self, text("")) == #"expected an array of strings, got a string ("")"#)
    }

    @Test("a codec of the user's own gets the content, too")
    func ownCodec() throws {
        struct Own: PayloadCodec {
            struct Wrong: Error {}
            func encode<Value: Encodable>(_ value: Value) throws -> Payload { try JSONPayloadCodec().encode(value) }
            func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws -> Value {
                guard type == Int.self else { throw Wrong() }
                guard let value = Int(payload.json) as? Value else { throw Wrong() }
                return value
            }
        }
        #expect(try read(Int.self, "7", Own()) == 7)
        #expect(try read(Int.self, text("7"), Own()) == 7)
        #expect(throws: WarrenError.self) { try read(Int.self, text("x"), Own()) }
    }

    @Test("a report says in words of JSON what was expected and what came")
    func words() {
        var payload = text("Tokyo")
        payload.origin = "sent as text/plain by exchange 'warren.start'"
        #expect(
            problem([String]?.self, payload)
                == #"expected an array of strings or null, got a string ("Tokyo"), "#
                + "sent as text/plain by exchange 'warren.start'")
        #expect(problem(Int.self, "1.5") == "expected a whole number, got the number 1.5")
        #expect(problem(String.self, "{}") == "expected a string, got an object ({})")
        #expect(problem(Bool.self, .null) == "expected true or false, got null")
        #expect(problem(UInt8.self, "300") == "expected a whole number from 0 to 255, got the number 300")
        #expect(problem([String: [Double]].self, "[]") == "expected an object of arrays of numbers, got an array ([])")
        #expect(problem(Color.self, text("green")) == #"expected one of "red", "blue", got a string ("green")"#)
        #expect(problem(Wrapped.self, "1") == "expected a string, got the number 1")
        #expect(
            problem(Item.self, #"{"name":"a"}"#)
                == #"expected an object with the member 'count', got an object ({"name":"a"})"#)
        #expect(
            problem([Int].self, #"[1,"x"]"#)
                == #"expected an array of whole numbers, got an array ([1,"x"]), "#
                + #"in which [1] is a string ("x") instead of a whole number"#)
        #expect(
            problem(Basket.self, #"{"items":[{"name":"a","count":null}]}"#)
                .hasSuffix("in which items[0].count is null instead of a whole number"))
        #expect(problem(Basket.self, #"{"items":[{"count":1}]}"#).hasSuffix("in which items[0] has no member 'name'"))
        #expect(
            problem(Basket.self, text(#"{"items":[{"count":1}]}"#))
                .hasSuffix("in whose content items[0] has no member 'name'"))
        #expect(
            problem(Basket.self, #"{"items":[],"color":"green"}"#)
                .hasSuffix(#"in which color is a string ("green"), which is not taken"#))
        #expect(problem(Picky.self, "-1").contains("it must be positive"))
        let long = problem(Int.self, text(String(repeating: "y", count: 100_000)))
        #expect(long.utf8.count < 200 && long.hasSuffix("…)"))
    }

    @Test(
        "no report speaks of Swift",
        arguments: [
            "null", "1", "1.5", "1e400", "true", "\"x\"", "\"\"", "\"[\"", "[]", "[null]", "{}", "\"{}\"",
            #"{"items":[{}]}"#,
        ])
    func noSwift(json: String) {
        let payload = Payload(json: json)
        let reports = [
            problem(Basket.self, payload), problem([Basket?].self, payload), problem([Int].self, payload),
            problem([String: Date].self, payload), problem(Set<Int>.self, payload), problem(Color.self, payload),
            problem(Double.self, payload), problem(Int8.self, payload), problem(UUID.self, payload),
            problem(URL.self, payload), problem(Data.self, payload), problem(Picky.self, payload),
            problem([Color: Int].self, payload), problem(Float?.self, payload), problem(Decimal.self, payload),
        ]
        for report in reports {
            for word in ["Optional", "Array", "Dictionary", "Set<", "Swift", "WarrenError", "Basket", "Int", ".swift"]
            where !report.hasPrefix("read as") {
                #expect(!report.contains(word), "\(report)")
            }
        }
    }

    @Test("an input that does not fit fails the instance, with what it is about")
    func wrongInput() {
        let host = everywhere(Orchestration<[Int], Int>("Sum") { _, numbers in numbers.reduce(0, +) }, "seven")
        #expect(host.failure?.type == "InvalidInput")
        #expect(
            host.failure?.message
                == #"The input cannot be read: expected an array of whole numbers, got a string ("seven")"#)
        #expect(host.failure?.isNonRetriable == true && host.failure?.stack == nil)
        let taken = everywhere(Orchestration<[Int], Int>("Sum") { _, numbers in numbers.reduce(0, +) }, "[1,2]")
        #expect(taken.output == "3")
    }

    @Test("an answer that is not what is declared is a failure that can be caught, and is not retried")
    func wrongAnswer() {
        let wrong = Activity<String, Int>("Echo")
        let wrongChild = Orchestration<String, Int>("Echo")
        let host = everywhere(
            Orchestration<Void, [String]>("Careful") { context in
                var seen: [String] = []
                func attempt(_ body: () async throws -> Int) async throws {
                    do {
                        _ = try await body()
                    } catch let failure as TaskFailure {
                        seen.append("\(failure.kind) \(failure.number) \(failure.details.type)")
                        seen.append("\(failure.details.isNonRetriable)")
                    }
                }
                try await attempt { try await context.call(wrong, "x") }
                try await attempt {
                    try await context.call(
                        wrong, "y", retry: RetryPolicy(maxAttempts: 5, firstInterval: .seconds(1)))
                }
                try await attempt { try await context.start(wrong, "z").value }
                try await attempt { try await context.all([context.start(wrong, "z")])[0] }
                try await attempt { try await context.call(wrongChild, "c") }
                // JSON in a string is what it says.
                seen.append("\(try await context.call(wrong, "42"))")
                return seen
            })
        #expect(
            host.output
                == #"["activity 0 InvalidResult","true","activity 1 InvalidResult","true","activity 2 InvalidResult","#
                + #""true","activity 3 InvalidResult","true","subOrchestration 4 InvalidResult","true","42"]"#)
        #expect(host.actions.count == 6, "nothing was tried again")
    }

    @Test("how a payload arrived is kept in the history, for those of strangers alone")
    func origin() throws {
        var input = text("Tokyo")
        input.origin = "sent by pigeon"
        let events: [HistoryEvent] = [
            .executionStarted(ExecutionStarted(name: "N", instanceID: "i", executionID: "e", input: input)),
            .taskCompleted(id: 1, result: input), .eventRaised(name: "Go", input: input),
            .eventRaised(name: "Go", input: "1"),
        ]
        let again = try HistoryCodec.decode(HistoryCodec.encode(events))
        #expect(again == events)
        #expect(again.map(\.origin) == ["sent by pigeon", "sent by pigeon", "sent by pigeon", nil])
        #expect(HistoryCodec.encode([.eventRaised(name: "Go", input: "1")]).count == 7)
        // An origin of an origin is no event, however deep.
        #expect(throws: WarrenError.self) {
            try HistoryCodec.decode([1] + Array(repeating: [40, 1, 65], count: 100_000).flatMap { $0 })
        }
    }
}

extension Payload {
    fileprivate var value: JSONValue { .string(json) }
}
