package import Warren

/// The name of a payload that is kept in the hub's payload folder, in place of the payload itself.
///
/// It is a payload, too, so that it travels and is stored wherever a payload is:
/// `{"$warrenPayload":"<SHA-256, hexadecimal>","bytes":67108864}`. It is recognised in exactly this spelling.
///
/// It says nothing of a place. It is looked up among the payloads of the instance that has it, so that a reference which
/// somebody made up leads to nothing of another instance.
package struct PayloadReference: Sendable, Hashable {
    /// The SHA-256 of the payload's bytes, in lower-case hexadecimal digits.
    package let digest: String
    /// The number of bytes of the payload.
    package let bytes: Int

    private static let opening = Array(#"{"$warrenPayload":""#.utf8)
    /// What follows the sign in ``opening``.
    private static let name = Array(#"warrenPayload":""#.utf8)
    private static let middle = Array(#"","bytes":"#.utf8)
    private static let digits = Array("0123456789abcdef".utf8)
    private static let digestLength = 64
    /// The length of the largest number that is read.
    private static let mostDigits = 12

    /// Names a payload.
    package init(of payload: [UInt8]) {
        var hash = SHA256()
        hash.add(payload)
        digest = Self.hexadecimal(hash.digest())
        bytes = payload.count
    }

    /// Reads a reference; `nil` for a payload that is none.
    package init?(_ payload: Payload) {
        let text = payload.bytes
        let digestEnd = Self.opening.count + Self.digestLength
        let numberStart = digestEnd + Self.middle.count
        guard text.count > numberStart + 1, text.count <= numberStart + Self.mostDigits + 1,
            text.starts(with: Self.opening), text[digestEnd..<numberStart].elementsEqual(Self.middle),
            text.last == UInt8(ascii: "}")
        else { return nil }
        let digest = text[Self.opening.count..<digestEnd]
        guard digest.allSatisfy(Self.digits.contains),
            let bytes = Int(String(decoding: text[numberStart..<(text.count - 1)], as: UTF8.self)), bytes >= 0
        else { return nil }
        self.digest = String(decoding: digest, as: UTF8.self)
        self.bytes = bytes
        // A second spelling of the number would be a second name of the same payload.
        guard self.payload.bytes == text else { return nil }
    }

    /// The reference as a payload.
    package var payload: Payload {
        Payload(bytes: Self.opening + Array(digest.utf8) + Self.middle + Array("\(bytes)}".utf8))
    }

    /// The digests of all references in some bytes, whatever else these are.
    package static func digests(in bytes: [UInt8]) -> Set<String> {
        var digests: Set<String> = []
        var rest = bytes[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[start...].dropFirst()
            guard rest.starts(with: name) else { continue }
            let digest = rest.dropFirst(name.count).prefix(digestLength)
            guard digest.count == digestLength, digest.allSatisfy(digits.contains) else { continue }
            digests.insert(String(decoding: digest, as: UTF8.self))
        }
        return digests
    }

    /// Writes bytes as hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
