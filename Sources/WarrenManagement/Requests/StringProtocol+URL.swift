#if HTTP
import WarrenSupport

/// Encodes and decodes one path segment or query value with percent-encoding.
extension StringProtocol {
    /// The text with every byte encoded that RFC 3986 does not call unreserved.
    var urlEncoded: String { PercentEncoding.encoded(self) }

    /// The decoded text.
    ///
    /// - Parameter plusIsSpace: whether `+` stands for a space, as in queries.
    /// - Returns: `nil` if a `%` is not followed by two digits, or the bytes are not UTF-8.
    func urlDecoded(plusIsSpace: Bool = false) -> String? {
        PercentEncoding.decodedBytes(self, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
#endif
