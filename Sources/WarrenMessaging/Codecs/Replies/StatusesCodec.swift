package import Warren
import WarrenSupport

/// Encodes the question `statuses` and its answer.
///
/// The question is `{"instances": ["…"]}`. The answer is an array with one element for each of them, in order: the object
/// of an `OrchestrationStatus`, `null` for an instance that there is not, or `false` for one that has to be asked for alone.
package enum StatusesCodec {
    /// The maximum number of instances in a question.
    package static let most = 256

    /// What the answer says of one instance.
    package enum Entry: Sendable, Hashable {
        case status(OrchestrationStatus)
        /// There is no such instance.
        case unknown
        /// The answer had no room for it, or it cannot be read at once.
        case askAlone
    }

    static func encode(question instanceIDs: [String]) -> Payload {
        var object = JSONObjectWriter()
        object.add("instances", instanceIDs)
        return object.payload
    }

    static func decodeQuestion(_ body: Payload) throws(Refusal) -> [String] {
        var found: [String]?
        do {
            if let elements = try JSONNode(body)["instances"]?.elements {
                let texts = elements.compactMap(\.string)
                found = texts.count == elements.count ? texts : nil
            }
        } catch {
            found = nil
        }
        guard let found, (1...most).contains(found.count), found.allSatisfy(WireRules.isInternalInstanceID) else {
            throw Refusal(
                .invalidJSON,
                "The body names no instances: {\"instances\": [\"order-1\", \"order-2\"]}, \(most) at the most.")
        }
        return found
    }

    /// Encodes an answer of a bounded size.
    ///
    /// - Parameter bytes: the size from which on instances are left out, to be asked for alone.
    package static func encode(answer entries: [Entry], bytes limit: Int) throws -> Payload {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch entry {
            case .unknown: bytes += "null".utf8
            case .askAlone: bytes += "false".utf8
            case .status(let status):
                let text = try StatusCodec.encode(status).bytes
                // Each instance that follows needs a few bytes, whatever is said of it.
                if bytes.count + text.count + 8 * (entries.count - index) <= limit {
                    bytes += text
                } else {
                    bytes += "false".utf8
                }
            }
        }
        bytes.append(UInt8(ascii: "]"))
        return Payload(bytes: bytes)
    }

    /// - Throws: an error for anything else than an answer about this number of instances.
    package static func decode(answer body: Payload, count: Int) throws -> [Entry] {
        guard let elements = try JSONNode(body).elements, elements.count == count else { throw NoAnswer() }
        return try elements.map { element in
            if element.isNull { return .unknown }
            if element.bool == false { return .askAlone }
            return .status(try StatusCodec.decode(element))
        }
    }

    private struct NoAnswer: Error {}
}
