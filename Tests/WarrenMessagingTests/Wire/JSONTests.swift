import Testing
import Warren

@testable import WarrenMessaging

@Suite struct JSONTests {
    @Test(arguments: [
        "null", " true ", "0", "-0.5e+10", "1E9", "\"\"", "\"\\u00e4\\n\"", "\"\\ud83d\\ude00\"", "[]", "[1,[2]]",
        "{}", "{\"a\":{\"b\":[1,2,3]}}", "\t{ \"a\" : 1 }\r\n", "\"ä€😀\"",
    ])
    func `valid JSON is taken`(text: String) throws {
        try JSONCheck.check(Array(text.utf8))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "01", "1.", ".5", "-", "1e", "+1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"a\nb\"",
        "\"\\udc00\"", "[", "[1,]", "[1 2]", "{", "{a:1}", "{\"a\"}", "{\"a\":1,}", "1 2", "{}x", "'a'", "NaN",
        "\u{FEFF}{}",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: JSONCheck.Problem.self) { try JSONCheck.check(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88],
            [0xC3],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xFF],
        ] as [[UInt8]])
    func `a string must be strict UTF-8`(bytes: [UInt8]) {
        #expect(!UTF8Check.isValid(bytes))
        #expect(throws: JSONCheck.Problem.notUTF8(at: 1)) { try JSONCheck.check([0x22] + bytes + [0x22]) }
    }

    @Test func `nesting is taken up to the bound and not beyond`() throws {
        let nested = { (depth: Int) in
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        try JSONCheck.check(nested(64))
        #expect(throws: JSONCheck.Problem.tooDeep(at: 64)) { try JSONCheck.check(nested(65)) }
        #expect(throws: JSONCheck.Problem.tooDeep(at: 64)) { try JSONCheck.check(nested(1_000_000)) }
    }

    @Test func `an object's members are read as they were written`() throws {
        let text = #"{"a":"x\"ä\ud83d\ude00\n","b":{"c":[1, 2]},"d":null,"e":true,"f":[1,"x",{"y":[]}],"a\u0062":7}"#
        let object = try #require(try JSONObject(Array(text.utf8)))
        #expect(object.string("a") == "x\"ä😀\n")
        #expect(object.raw("b") == Array(#"{"c":[1, 2]}"#.utf8))
        #expect(object.raw("d") == nil)
        #expect(object.bool("e") == true)
        #expect(object.array("f").map { String(decoding: $0, as: UTF8.self) } == ["1", "\"x\"", #"{"y":[]}"#])
        #expect(object.integer("ab") == 7)
        let none = try JSONObject(Array("[1]".utf8))
        #expect(none == nil)
    }

    @Test func `a text becomes a JSON string and comes back`() throws {
        let text = "quote \" backslash \\ tab \t null \u{0} bell \u{7} ä 😀"
        let payload = JSONBuilder.string(text)
        try JSONCheck.check(payload.bytes)
        #expect(JSONObject.plainText(payload.bytes) == text)
    }
}
