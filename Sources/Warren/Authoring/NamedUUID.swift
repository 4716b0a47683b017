import CNettle

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Makes UUIDs of version 5 (RFC 9562, section 5.5): the SHA-1 hash of a namespace and a name, for naming things, not
/// for security.
package enum NamedUUID {
    /// The namespace of names that are URLs or similar.
    package static let urlNamespace: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]

    package static func make(_ name: String, in namespace: [UInt8]) -> UUID {
        let content = namespace + name.utf8
        var b = [UInt8](repeating: 0, count: 20)
        warren_sha1(content.count, content, &b)
        // trap: SHA-1 has 20 bytes.
        b[6] = b[6] & 0x0F | 0x50
        // trap: SHA-1 has 20 bytes.
        b[8] = b[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                // trap: SHA-1 has 20 bytes.
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
            ))
    }
}
