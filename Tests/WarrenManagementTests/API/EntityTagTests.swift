#if HTTP
import Hummingbird
import Testing
import Warren

@testable import WarrenManagement

@Suite("HTTP API: entity tags", .timeLimit(.minutes(1)))
struct EntityTagTests {
    private func isKnown(_ tag: EntityTag, _ lists: String...) -> Bool {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        for list in lists { head.headerFields.append(.init(name: .ifNoneMatch, value: list)) }
        return tag.isKnown(to: Request(head: head, body: RequestBody(buffer: ByteBuffer())))
    }

    @Test("Equal bodies have equal tags, and others have others")
    func tags() {
        #expect(EntityTag([1, 2, 3]) == EntityTag([1, 2, 3]))
        #expect(EntityTag([1, 2, 3]) != EntityTag([1, 3, 2]))
        #expect(EntityTag([]).text == "\"cbf29ce484222325\"")
    }

    @Test("A tag is found in lists, in several headers, marked as weak, and behind the asterisk")
    func conditions() {
        let tag = EntityTag([1])
        #expect(isKnown(tag, tag.text))
        #expect(isKnown(tag, "W/\(tag.text)"))
        #expect(isKnown(tag, "\"a\",\"b\" , \(tag.text)\t"))
        #expect(isKnown(tag, "\"a\"", tag.text))
        #expect(isKnown(tag, "*"))
        #expect(!isKnown(tag))
        #expect(!isKnown(tag, ""))
        #expect(!isKnown(tag, "\"a\""))
        #expect(!isKnown(tag, String(tag.text.dropFirst().dropLast())))
    }

    @Test("The header Date is written as RFC 9110 has it")
    func date() {
        let date = HTTPDate()
        #expect(date.text(.init(microseconds: 784_111_777_000_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(.init(microseconds: 784_111_777_999_999)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(.init(microseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }
}
#endif
