import Testing
import WarrenSupport

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("A text is read as it was before it was encoded")
    func roundTrip() {
        let text = "a/b c+d%é~\u{0}"
        #expect(PercentEncoding.encoded(text) == "a%2Fb%20c%2Bd%25%C3%A9~%00")
        #expect(PercentEncoding.decodedBytes(PercentEncoding.encoded(text)) == Array(text.utf8))
    }

    @Test("A plus is a space in queries only, and a % needs two hexadecimal digits")
    func strictness() {
        #expect(PercentEncoding.decodedBytes("a+b") == Array("a+b".utf8))
        #expect(PercentEncoding.decodedBytes("a+b", plusIsSpace: true) == Array("a b".utf8))
        for text in ["%", "%4", "%4g", "%g4", "a%"] { #expect(PercentEncoding.decodedBytes(text) == nil, "\(text)") }
    }
}
