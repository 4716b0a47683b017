import Testing
import WarrenSupport

@Suite("Writing JSON objects")
struct JSONObjectWriterTests {
    @Test("Members stand in the order of the calls, raw values as they are")
    func order() {
        var inner = JSONObjectWriter()
        inner.add("n", 1)
        var object = JSONObjectWriter()
        #expect(object.text == "{}")
        object.add("z", "a\"b\n\u{1}é")
        object.add("a", -5)
        object.add("flag", true)
        object.add("texts", ["x", "y"])
        object.add("none", [String]())
        object.add("raw", raw: "1.50")
        object.add("objects", [inner, inner])
        let text =
            #"{"z":"a\"b\n\u0001é","a":-5,"flag":true,"texts":["x","y"],"none":[],"raw":1.50,"#
            + #""objects":[{"n":1},{"n":1}]"#
        #expect(object.text == text + "}")
        #expect(object.openBytes == Array(text.utf8))
    }
}
