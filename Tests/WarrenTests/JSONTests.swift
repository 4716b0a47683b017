import Testing
import WarrenSupport

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("JSON", .timeLimit(.minutes(5)))
struct JSONTests {
    private struct Order: Codable, Equatable {
        enum Kind: String, Codable { case normal, rush }
        var id: Int64
        var kind: Kind
        var lines: [String: [Double]]
        var note: String?
        var placed: Date
        var extra: Payload
        var value: JSONValue
    }

    private let codec = JSONPayloadCodec()

    @Test("values survive, keys are sorted, embedded payloads are JSON")
    func structs() throws {
        let order = Order(
            id: 9_007_199_254_740_993, kind: .rush, lines: ["b": [1, 2.5], "a": []], note: nil,
            placed: Date(timeIntervalSince1970: 1_700_000_000.25), extra: #"{"x":[1,null,"é"]}"#,
            value: ["n": 9_007_199_254_740_993, "d": 0.1, "s": "\u{1F407}", "t": [true, nil]])
        let payload = try codec.encode(order)
        #expect(
            payload.json
                == #"{"extra":{"x":[1,null,"é"]},"id":9007199254740993,"kind":"rush","lines":{"a":[],"b":[1,2.5]},"#
                + #""placed":"2023-11-14T22:13:20.25Z","value":{"d":0.1,"n":9007199254740993,"s":"🐇","t":[true,null]}}"#
        )
        #expect(try codec.decode(Order.self, from: payload) == order)
    }

    @Test("Every byte is judged alike at every place of a string, however long the string is")
    func bytesOfStrings() {
        for length in [1, 7, 8, 9, 24, 31] {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                    text[place] = byte
                    let quoted = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
                    let isPlain =
                        (0x20..<0x80).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                    let scanned = try? JSONScanner.scan(quoted, maximumDepth: 1) { (scanner) throws(JSONProblem) in
                        try scanner.string()
                    }
                    #expect((scanned != nil) == isPlain, "byte \(byte) at \(place) of \(length)")
                    if let scanned { #expect(scanned == (1, length + 1, false)) }
                }
            }
        }
    }

    @Test("A text that looks like a place for a payload stays a text, and payloads keep their order and their bytes")
    func placesOfPayloads() throws {
        struct Pair: Codable, Equatable {
            var first: Payload
            var text: String
            var second: [Payload]
        }
        let large = Payload(json: "\"" + String(repeating: #"a\"é\u0001"#, count: 50_000) + "\"")
        let pair = Pair(first: large, text: "warren-payload-1-2:0", second: ["1.50", large, "[1]"])
        let encoded = try codec.encode(pair)
        #expect(
            encoded.json
                == #"{"first":\#(large.json),"second":[1.50,\#(large.json),[1]],"text":"warren-payload-1-2:0"}"#)
        #expect(try codec.decode(Pair.self, from: encoded) == pair)
    }

    @Test("the short ways say what Foundation says")
    func scalars() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        func same<Value: Codable & Equatable>(_ value: Value) throws {
            let payload = try codec.encode(value)
            let foundation = try encoder.encode(value)
            #expect(payload.bytes == Array(foundation), "\(value)")
            #expect(try codec.decode(Value.self, from: payload) == value)
            #expect(try JSONDecoder().decode(Value.self, from: Data(payload.bytes)) == value)
            #expect(try codec.decode(Value.self, from: Payload(json: " \(payload.json)\n")) == value)
        }
        for text in [
            "", "a", "\"\\/", "\u{0}\u{8}\u{1F}\n\r\t", "é\u{1F407}", "\u{7F}", String(repeating: "x", count: 5000),
        ] {
            let payload = try codec.encode(text)
            #expect(try codec.decode(String.self, from: payload) == text)
            #expect(try JSONDecoder().decode(String.self, from: Data(payload.bytes)) == text)
            #expect(try codec.decode(String.self, from: Payload(bytes: Array(try encoder.encode(text)))) == text)
            #expect(try JSONValue(payload) == .string(text))
        }
        for number in [0, 1, -1, 42, Int.max, Int.min, 999_999_999_999_999_999] { try same(number) }
        try same(UInt8.max)
        try same(UInt64.max)
        try same(Int32.min)
        try same(true)
        try same(false)
        for number in [0.0, 1, -2.5, 1e100, 0.1, .leastNonzeroMagnitude, 1e15, 123_456_789.125] {
            let payload = try codec.encode(number)
            #expect(try codec.decode(Double.self, from: payload) == number)
            #expect(try JSONDecoder().decode(Double.self, from: Data(payload.bytes)) == number)
        }
        try same([Int?.some(1), nil])
        try same(Int?.none)
        #expect(throws: WarrenError.self) { try codec.encode(Double.nan) }
    }

    @Test(
        "what does not fit says where",
        arguments: [
            ("\"x\"", "is not a Int"), ("1.5", "is not a Int"), ("", "is not a Int"), ("01", "is not a Int"),
        ])
    func errors(json: String, words: String) {
        #expect {
            try codec.decode(Int.self, from: Payload(json: json))
        } throws: { error in
            "\(error)".contains(words)
        }
        #expect {
            try codec.decode([String: [Order]].self, from: #"{"a":[{"id":1}]}"#)
        } throws: { error in
            "\(error)".contains("at .a[0]: no value for key 'kind'")
        }
    }

    static let good = [
        "null", " true ", "false", "0", "-0", "1.5e-10", "1E+2", "\"\"", #""\u00e9\ud83d\udc07\/""#, "[]", "[ ]",
        "[1, [2], {}]", #"{"a" : 1, "a":2}"#, "\t{ \"a\" : 1 }\r\n", "\"\u{FFFF}\u{10FFFF}\"",
    ]
    static let bad = [
        "", " ", "nul", "tru", "True", "+1", "01", "-", "1.", ".5", "1e", "0x1", "NaN", "\"", "\"\n\"", #""\x""#,
        #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "[", "[1", "[1,", "[1,]", "[,]", "{", "{a:1}",
        #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "1 2", "[]]", "'a'", "//", "\u{FEFF}1", "}", "]", "[1 2]", "{}x",
        #""\ud83d\n""#,
    ]

    @Test("the validator and the reader accept JSON and nothing else")
    func grammar() throws {
        for text in Self.good {
            try JSONValidator.check(Array(text.utf8))
            _ = try JSONReader.read(Array(text.utf8))
        }
        for text in Self.bad {
            #expect(throws: JSONProblem.self, "\(text)") { try JSONValidator.check(Array(text.utf8)) }
            #expect(throws: JSONProblem.self, "\(text)") { try JSONReader.read(Array(text.utf8)) }
        }
        let invalidUTF8: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC0, 0xAF], [0xF8, 0x88],
            [0xF0, 0x9F, 0x98],
        ]
        for bytes in invalidUTF8 {
            #expect(!UTF8Check.isValid(bytes))
            let problem = #expect(throws: JSONProblem.self) { try JSONValidator.check([0x22] + bytes + [0x22]) }
            #expect(problem?.offset == 1 && problem?.reason == .encoding)
        }
    }

    @Test("depth is bounded, and offsets point at the fault")
    func bounds() throws {
        let deep = { (depth: Int) in
            Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
        }
        try JSONValidator.check(deep(64))
        for depth in [65, 1_000_000] {
            let problem = #expect(throws: JSONProblem.self) { try JSONValidator.check(deep(depth)) }
            #expect(problem?.offset == 64 && problem?.reason == .depth)
        }
        #expect(throws: JSONProblem(offset: 6, reason: .syntax, message: "expected a value")) {
            try JSONValidator.check(Array(#"{"a": x}"#.utf8))
        }
    }

    @Test("random values survive; random damage never traps and agrees between reader and validator")
    func fuzz() throws {
        var generator = SplitMix64(state: 3)
        for _ in 0..<2000 {
            let value = random(&generator, depth: 0)
            var bytes = Payload(value).bytes
            #expect(try JSONReader.read(bytes) == value)
            #expect(try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) == value)
            guard !bytes.isEmpty else { continue }
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let isValid = (try? JSONValidator.check(bytes)) != nil
            do {
                _ = try JSONReader.read(bytes, maximumDepth: 64)
                #expect(isValid)
            } catch {
                // 1e999 is JSON, but no number that we could hold.
                #expect(!isValid || error.message == "a number out of range")
            }
        }
    }

    private func random(_ generator: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .number(Double.random(in: -1...1, using: &generator))
        case 4:
            let scalars = (0..<5).map { _ in Unicode.Scalar(UInt32.random(in: 0...0xD7FF, using: &generator)) ?? "x" }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5: return .array((0..<3).map { _ in random(&generator, depth: depth + 1) })
        default:
            return .object(["a": random(&generator, depth: depth + 1), "\"\n": random(&generator, depth: depth + 1)])
        }
    }

    @Test(
        "dates are read with any offset and written in UTC",
        arguments: [
            ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"), ("2023-11-15T00:13:20.5+02:00", "2023-11-14T22:13:20.5Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("2023-02-29T00:00:00Z", nil), ("2023-13-01T00:00:00Z", nil), ("2023-11-14", nil), ("yesterday", nil),
            ("2023-11-14T22:13:20", nil), ("2023-11-14T22:13:20.Z", nil),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("2026-03-01t13:30:00.250+01:30", "2026-03-01T12:00:00.25Z"), ("2026-03-01T24:00:00Z", nil),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"), ("", nil),
        ])
    func dates(text: String, canonical: String?) {
        #expect(ISO8601.timestamp(text).map { ISO8601.text($0) } == canonical)
    }
}
