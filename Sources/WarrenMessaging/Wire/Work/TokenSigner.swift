/// Task tokens as text: what work items carry as `correlation_id` and workers echo.
///
/// `<mac>.<partition>.<task>.<length of execution ID>.<execution ID><instance ID>`, where the MAC is HMAC-SHA256 under
/// the partition's secret, cut to 128 bits, as base64url: knowing the IDs is not enough to answer a task.
/// HMAC rather than a shorter keyed hash, because it is the one that reviewers need not think about; its state after the
/// key is kept, so that a signature costs three compressions.
package struct TokenSigner: Sendable {
    private static let macLength = 22

    private let keyed: HMACSHA256
    /// What earlier versions signed with.
    private let formerlyKeyed: HMACSHA256?

    /// - Parameters:
    ///   - secret: the partition's: 32 random bytes.
    ///   - former: what signed before there was a secret; `nil` if nothing of that time can come any more. It is public,
    ///     so that such tokens are marked (``TaskToken/isFormer``): they name tasks that were asked for at that time.
    package init(secret: [UInt8], former: [UInt8]? = nil) {
        keyed = HMACSHA256(key: secret)
        formerlyKeyed = former.map(HMACSHA256.init)
    }

    /// The text of a token: at most 255 bytes for instance IDs of 128 and execution IDs of 64 bytes.
    package func sign(_ token: TaskToken) -> String {
        let start = Self.macLength + 1
        var text = Array(repeating: Self.dot, count: start)
        text.reserveCapacity(256)
        text.append(contentsOf: "\(token.partition).\(token.taskID).\(token.executionID.utf8.count).".utf8)
        text.append(contentsOf: token.executionID.utf8)
        text.append(contentsOf: token.instanceID.utf8)
        text.replaceSubrange(..<Self.macLength, with: Self.mac(of: text[start...], keyed))
        return String(decoding: text, as: UTF8.self)
    }

    /// The token of a text; `nil` if it was not signed with this secret.
    package func verify(_ text: String) -> TaskToken? {
        let bytes = Array(text.utf8)
        guard bytes.count > Self.macLength + 1, bytes.count <= 255, bytes[Self.macLength] == Self.dot else {
            return nil
        }
        let content = bytes[(Self.macLength + 1)...]
        let isPresent = Self.isEqual(bytes, Self.mac(of: content, keyed))
        guard isPresent || formerlyKeyed.map({ Self.isEqual(bytes, Self.mac(of: content, $0)) }) ?? false else {
            return nil
        }
        var rest = content
        guard let partition = Self.number(&rest), let task = Self.number(&rest), let length = Self.number(&rest),
            length <= rest.count
        else { return nil }
        return TaskToken(
            partition: partition, instanceID: String(decoding: rest.dropFirst(length), as: UTF8.self),
            executionID: String(decoding: rest.prefix(length), as: UTF8.self), taskID: task, isFormer: !isPresent)
    }

    /// Without an early exit: the time must not tell how many bytes were right.
    private static func isEqual(_ text: [UInt8], _ mac: [UInt8]) -> Bool {
        var difference: UInt8 = 0
        for (given, expected) in zip(text, mac) { difference |= given ^ expected }
        return difference == 0
    }

    private static let dot = UInt8(ascii: ".")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func mac(of content: ArraySlice<UInt8>, _ keyed: HMACSHA256) -> [UInt8] {
        keyed.withCode(of: content) { digest in
            // 128 bits, six for each letter; the last letter has the two that are left.
            (0..<macLength).map { letter in
                let (byte, bit) = (letter * 6).quotientAndRemainder(dividingBy: 8)
                let pair =
                    UInt16(truncatingIfNeeded: digest[byte]) << 8
                    | UInt16(truncatingIfNeeded: byte < 15 ? digest[byte + 1] : 0)
                return alphabet[Int(pair >> UInt16(10 - bit) & 63)]
            }
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let end = rest.firstIndex(of: dot), let number = Int(String(decoding: rest[..<end], as: UTF8.self)),
            number >= 0
        else { return nil }
        rest = rest[(end + 1)...]
        return number
    }
}
