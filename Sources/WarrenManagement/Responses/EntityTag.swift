#if HTTP
import Hummingbird
import WarrenSupport

/// The tag of a representation (`ETag`): equal for equal bytes, in every server of a hub.
///
/// It is a hash of the body, because a status has parts that no number of a row tells, such as what an open instance waits
/// for, and because servers of different versions may write the same status in different ways.
struct EntityTag: Sendable, Hashable {
    /// The tag with its quotation marks, as it stands in headers.
    let text: String

    /// The tag of a body.
    init(_ body: [UInt8]) {
        var hash = FNV1a64()
        body.withUnsafeBufferPointer { hash.add($0) }
        let digits = String(hash.value, radix: 16)
        text = "\"" + String(repeating: "0", count: 16 - digits.count) + digits + "\""
    }

    /// Whether a caller has the body already, as its header `If-None-Match` tells (RFC 9110, section 13.1.2).
    func isKnown(to request: Request) -> Bool {
        let fields = request.headers[values: .ifNoneMatch]
        return !fields.isEmpty && fields.contains(where: matches)
    }

    /// - Parameter list: `*`, or tags separated by commas. Weak tags count as well: the comparison is for reading.
    private func matches(_ list: String) -> Bool {
        list.split(separator: ",").contains { item in
            var tag = item.drop { $0 == " " || $0 == "\t" }
            while tag.last == " " || tag.last == "\t" { tag.removeLast() }
            if tag == "*" { return true }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag == text
        }
    }
}
#endif
