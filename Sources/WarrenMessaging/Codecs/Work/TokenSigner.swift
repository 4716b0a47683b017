/// Writes task tokens as text: work items carry it as `correlation_id`, and workers echo it.
///
/// `<mac>.<partition>.<task>.<length of execution ID>.<execution ID><instance ID>`, where the MAC is HMAC-SHA256 under
/// the partition's secret, cut to 128 bits, as base64url: knowing the IDs is not enough to answer a task. HMAC is used
/// rather than a shorter keyed hash because reviewers know it; its state after the key is kept, so that a signature
/// costs three compressions.
package struct TokenSigner: Sendable {
    private static let macLength = 22

    private let keyed: HMACSHA256
    /// The key of earlier versions.
    private let formerlyKeyed: HMACSHA256?

    /// - Parameters:
    ///   - secret: the partition's secret: 32 random bytes.
    ///   - former: the key of versions without a secret; `nil` if their tokens are no longer accepted. It is public, so
    ///     such tokens are marked (``TaskToken/isFormer``): they name tasks that were asked for at that time.
    package init(secret: [UInt8], former: [UInt8]? = nil) {
        keyed = HMACSHA256(key: secret)
        formerlyKeyed = former.map(HMACSHA256.init)
    }

    /// The text of a token: at most 255 bytes for instance IDs of 128 and execution IDs of 64 bytes.
    package func sign(_ token: TaskToken) -> String {
        var content: [UInt8] = []
        content.reserveCapacity(256)
        content.append(contentsOf: "\(token.partition).\(token.taskID).\(token.executionID.utf8.count).".utf8)
        content.append(contentsOf: token.executionID.utf8)
        content.append(contentsOf: token.instanceID.utf8)
        return String(unsafeUninitializedCapacity: Self.macLength + 1 + content.count) { text in
            keyed.withCode(of: content) { digest in
                for index in 0..<Self.macLength { text[index] = Self.letter(index, of: digest) }
            }
            text[Self.macLength] = Self.dot
            for (index, byte) in content.enumerated() { text[Self.macLength + 1 + index] = byte }
            return Self.macLength + 1 + content.count
        }
    }

    /// The token of a text; `nil` if it was not signed with this secret.
    package func verify(_ text: String) -> TaskToken? {
        var text = text
        return text.withUTF8(verify)
    }

    private func verify(_ bytes: UnsafeBufferPointer<UInt8>) -> TaskToken? {
        guard bytes.count > Self.macLength + 1, bytes.count <= 255, bytes[Self.macLength] == Self.dot else {
            return nil
        }
        let content = bytes[(Self.macLength + 1)...]
        let isPresent = Self.isSigned(bytes, content, keyed)
        guard isPresent || formerlyKeyed.map({ Self.isSigned(bytes, content, $0) }) ?? false else { return nil }
        var rest = content
        guard let partition = Self.number(&rest), let task = Self.number(&rest), let length = Self.number(&rest),
            length <= rest.count
        else { return nil }
        return TaskToken(
            partition: partition, instanceID: String(decoding: rest.dropFirst(length), as: UTF8.self),
            executionID: String(decoding: rest.prefix(length), as: UTF8.self), taskID: task, isFormer: !isPresent)
    }

    /// Whether a text begins with the code of its content. Compares without an early exit: the time must not reveal how
    /// many bytes were right.
    private static func isSigned(
        _ text: UnsafeBufferPointer<UInt8>, _ content: Slice<UnsafeBufferPointer<UInt8>>, _ keyed: HMACSHA256
    ) -> Bool {
        keyed.withCode(of: content) { digest in
            var difference: UInt8 = 0
            for index in 0..<macLength { difference |= text[index] ^ letter(index, of: digest) }
            return difference == 0
        }
    }

    private static let dot = UInt8(ascii: ".")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// A letter of the first 128 bits of a code, six bits for each; the last letter has the remaining two.
    private static func letter(_ index: Int, of digest: UnsafeRawBufferPointer) -> UInt8 {
        let (byte, bit) = (index * 6).quotientAndRemainder(dividingBy: 8)
        let pair =
            UInt16(truncatingIfNeeded: digest[byte]) << 8
            | UInt16(truncatingIfNeeded: byte < 15 ? digest[byte + 1] : 0)
        return alphabet[Int(pair >> UInt16(10 - bit) & 63)]
    }

    private static func number(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let end = rest.firstIndex(of: dot), let number = Int(String(decoding: rest[..<end], as: UTF8.self)),
            number >= 0
        else { return nil }
        rest = rest[(end + 1)...]
        return number
    }
}
