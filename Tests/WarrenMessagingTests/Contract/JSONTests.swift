import Testing
import Warren

@testable import WarrenMessaging

@Suite struct JSONTests {
    @Test func `an object's members are read as they were written`() throws {
        let text = #"{"a":"x\"ä\ud83d\ude00\n","b":{"c":[1, 2]},"d":null,"e":true,"f":[1,"x",{"y":[]}],"a\u0062":7}"#
        let object = try #require(try JSONObjectReader(Array(text.utf8)))
        #expect(object.string("a") == "x\"ä😀\n")
        #expect(object.raw("b") == Array(#"{"c":[1, 2]}"#.utf8))
        #expect(object.raw("d") == nil)
        #expect(object.bool("e") == true)
        #expect(object.array("f").map { String(decoding: $0, as: UTF8.self) } == ["1", "\"x\"", #"{"y":[]}"#])
        #expect(object.integer("ab") == 7)
        let none = try JSONObjectReader(Array("[1]".utf8))
        #expect(none == nil)
    }

    @Test func `bytes that are no JSON give the reason and the place, wherever in the object they are`() throws {
        for (text, offset, reason) in [
            (#"{"a":1,}"#, 7, .syntax), (#"{"a":[1 2]}"#, 8, .syntax), ("{}x", 2, .syntax), ("[1,]", 3, .syntax),
            (#"{"a":[[1]]}"#, 6, .depth),
        ] as [(String, Int, JSONProblem.Reason)] {
            let problem = #expect(throws: JSONProblem.self) { try JSONObjectReader(Array(text.utf8), maximumDepth: 2) }
            #expect(problem?.offset == offset && problem?.reason == reason, "\(text)")
        }
    }

    @Test func `a text becomes a JSON string and comes back`() throws {
        let text = "quote \" backslash \\ tab \t null \u{0} bell \u{7} ä 😀"
        let payload = Payload(jsonStringOf: text)
        try JSONValidator.check(payload.bytes)
        #expect(JSONObjectReader.plainText(payload.bytes) == text)
    }
}
