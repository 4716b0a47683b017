import Synchronization

/// Carries payloads through Foundation's JSON coders as the bytes they are: no digit of a number, no escape of a text
/// changes, and a number that no type holds does no harm.
///
/// Foundation's coders have no way to insert or to extract raw JSON. So a payload is put aside and encoded as a string of a
/// marker and its number, and the finished text has these strings replaced by the payloads; the decoder has the whole source
/// and finds the value by its coding path.
enum RawPayloads {
    /// The key under which our coders carry the marker, or the source. The initialiser is failable and never fails.
    private static let key = CodingUserInfoKey(rawValue: "warren.raw-payloads")

    /// The marker, with which no other string begins. It differs from process to process (`Hasher` is seeded at random)
    /// and never leaves the process, so no client can send a text that is mistaken for a payload.
    private static let marker = "warren-payload-\("one".hashValue)-\("two".hashValue):"

    /// The payloads that are put aside while a value is encoded. An encoder works on one thread.
    @TaskLocal private static var aside: Aside?

    private final class Aside: Sendable {
        let payloads = Mutex<[Payload]>([])
    }

    // MARK: Writing

    /// The user info of an encoder that carries payloads.
    static var encoderInfo: [CodingUserInfoKey: any Sendable] { key.map { [$0: marker] } ?? [:] }

    /// Encodes with an encoder that carries `encoderInfo`, and inserts the payloads.
    static func encoding(_ encode: () throws -> [UInt8]) rethrows -> [UInt8] {
        let aside = Aside()
        let bytes = try $aside.withValue(aside, operation: encode)
        let payloads = aside.payloads.withLock { $0 }
        // Most values contain none, and need no second pass.
        return payloads.isEmpty ? bytes : spliced(bytes, payloads)
    }

    /// The string that represents a payload, if the encoder is ours.
    static func placeholder(_ payload: Payload, in encoder: any Encoder) -> String? {
        guard let key, encoder.userInfo[key] as? String == marker, let aside else { return nil }
        let number = aside.payloads.withLock { payloads in
            payloads.append(payload)
            return payloads.count - 1
        }
        return marker + String(number)
    }

    private static func spliced(_ bytes: [UInt8], _ payloads: [Payload]) -> [UInt8] {
        let opening = [UInt8(ascii: "\"")] + Array(marker.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + payloads.reduce(0) { $0 + $1.bytes.count })
        do {
            try JSONScanner.scan(bytes, maximumDepth: 512) { (scanner) throws(JSONProblem) in
                var copied = 0
                try scanner.strings { (_, range) in
                    let start = range.start - 1
                    guard range.end - start > opening.count,
                        bytes[start..<start + opening.count].elementsEqual(opening),
                        let number = Int(String(decoding: bytes[start + opening.count..<range.end], as: UTF8.self)),
                        payloads.indices.contains(number)
                    else { return }
                    result += bytes[copied..<start]
                    result += payloads[number].bytes
                    copied = range.end + 1
                }
                result += bytes[copied...]
            }
        } catch {
            return bytes  // Cannot happen: the encoder writes JSON.
        }
        return result
    }

    // MARK: Reading

    /// The user info of a decoder of this source.
    static func decoderInfo(_ source: Payload) -> [CodingUserInfoKey: any Sendable] {
        key.map { [$0: Source(source)] } ?? [:]
    }

    /// The bytes of the value at a decoder's position, if the decoder is ours.
    static func payload(at decoder: any Decoder) -> Payload? {
        guard let key, let source = decoder.userInfo[key] as? Source, var node = source.node else { return nil }
        for step in decoder.codingPath {
            let next: JSONNode? =
                if node.elements != nil { step.intValue.flatMap { node[$0] } } else { node[step.stringValue] }
            guard let next else { return nil }
            node = next
        }
        return node.payload
    }

    /// A text that is being decoded; it is parsed when the first payload is found in it.
    private final class Source: Sendable {
        private let payload: Payload
        private let parsed = Mutex<JSONNode?>(nil)

        init(_ payload: Payload) {
            self.payload = payload
        }

        var node: JSONNode? {
            parsed.withLock { parsed in
                if parsed == nil { parsed = try? JSONNode(payload) }
                return parsed
            }
        }
    }
}

extension JSONScanner {
    /// Visits every string that is a value, keys left out.
    fileprivate mutating func strings(
        depth: Int = 0, _ visit: (JSONScanner, StringRange) -> Void
    ) throws(JSONProblem) {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            try object(depth) { (scanner, _) throws(JSONProblem) in try scanner.strings(depth: depth + 1, visit) }
        case UInt8(ascii: "["):
            try array(depth) { (scanner) throws(JSONProblem) in try scanner.strings(depth: depth + 1, visit) }
        case UInt8(ascii: "\""):
            let range = try string()
            visit(self, range)
        default: try skipValue(depth: depth)
        }
    }
}
