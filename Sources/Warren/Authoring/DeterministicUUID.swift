#if canImport(FoundationEssentials)
import FoundationEssentials
import WarrenSupport
#else
import Foundation
#endif

/// The UUIDs that an orchestrator makes: the same ones at every replay.
///
/// The name is the instance ID, the orchestration's time with seven digits of fraction, and a counter, joined by `_`; the
/// namespace is the one that Durable Functions' isolated worker uses, so an orchestrator ported from there keeps its IDs.
enum DeterministicUUID {
    private static let namespace: [UInt8] = [
        0x9E, 0x95, 0x29, 0x58, 0x5E, 0x33, 0x4D, 0xAF, 0x82, 0x7F, 0x2F, 0xA1, 0x29, 0x37, 0xB8, 0x75,
    ]

    static func make(instanceID: String, now: Timestamp, counter: Int) -> UUID {
        NamedUUID.make("\(instanceID)_\(ISO8601.text(now, fractionDigits: 7))_\(counter)", in: namespace)
    }
}
