#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// UUIDs of version 5 (RFC 9562, section 5.5): the SHA-1 hash of a namespace and a name.
///
/// The name is the instance ID, the orchestration's time with seven digits of fraction, and a counter, joined by `_`; the
/// namespace is the one that Durable Functions' isolated worker uses, so an orchestrator ported from there keeps its IDs.
enum DeterministicUUID {
    private static let namespace: [UInt8] = [
        0x9E, 0x95, 0x29, 0x58, 0x5E, 0x33, 0x4D, 0xAF, 0x82, 0x7F, 0x2F, 0xA1, 0x29, 0x37, 0xB8, 0x75,
    ]

    static func make(instanceID: String, now: Timestamp, counter: Int) -> UUID {
        make(name: "\(instanceID)_\(ISO8601.text(now, fractionDigits: 7))_\(counter)", namespace: namespace)
    }

    static func make(name: String, namespace: [UInt8]) -> UUID {
        var b = SHA1.hash(namespace + Array(name.utf8))
        b[6] = b[6] & 0x0F | 0x50
        b[8] = b[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
            ))
    }
}
