#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension String {
    /// A text of bytes that are UTF-8; `nil` if they are not.
    ///
    /// The standard library's validating initialiser looks types up at run time for each text. This one decodes and compares.
    package init?(utf8 bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasBytes(bytes) else { return nil }
        self = text
    }

    /// Whether the text's UTF-8 consists of these bytes.
    package func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var text = self
        return text.withUTF8 { own in
            guard own.count == bytes.count else { return false }
            guard let mine = own.baseAddress, let others = bytes.baseAddress else { return true }
            return memcmp(mine, others, own.count) == 0
        }
    }
}
