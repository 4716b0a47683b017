import Warren
import WarrenMessaging

/// The contents of a hub's payload folder, whatever happens to processes.
final class SimPayloadFolder: @unchecked Sendable {
    struct Stored {
        var bytes: [UInt8]
        /// The time at which it was stored last, in microseconds of the simulated world.
        var time: Int64
    }

    private let world: SimWorld
    private(set) var instances: [String: [String: Stored]] = [:]
    /// Called with every payload that is removed.
    var onRemoval: (_ instanceID: String, _ digest: String) -> Void = { _, _ in }
    /// The number of payloads that sweeps have removed.
    private(set) var swept = 0
    /// Switches for planted bugs.
    var sweepsAll = false
    var sweepsNothing = false

    init(_ world: SimWorld) { self.world = world }

    func has(_ digest: String, of instanceID: String) -> Bool { instances[instanceID]?[digest] != nil }

    func put(_ payload: [UInt8], _ reference: PayloadReference, for instanceID: String) {
        instances[instanceID, default: [:]][reference.digest] = Stored(bytes: payload, time: world.time)
    }

    func get(_ reference: PayloadReference, of instanceID: String) throws(PayloadStoreError) -> [UInt8] {
        guard let stored = instances[instanceID]?[reference.digest] else {
            throw PayloadStoreError(.missing, "'\(instanceID)' has no payload \(reference.digest).")
        }
        guard PayloadReference(of: stored.bytes) == reference else {
            throw PayloadStoreError(.damaged, "The payload \(reference.digest) of '\(instanceID)' is another one.")
        }
        return stored.bytes
    }

    func remove(_ payloads: [String: Int64], of instanceID: String) {
        for (digest, time) in payloads.sorted(by: { $0.key < $1.key }) {
            guard let stored = instances[instanceID]?[digest], stored.time < time else { continue }
            remove(digest, of: instanceID)
        }
    }

    func sweep(
        before time: Int64, _ needed: (_ instanceID: String, _ digests: Set<String>) throws -> Set<String>?
    ) rethrows -> Int {
        guard !sweepsNothing else { return 0 }
        var removed = 0
        for (id, payloads) in instances.sorted(by: { $0.key < $1.key }) {
            let old = Set(payloads.filter { $0.value.time < time || sweepsAll }.keys)
            guard !old.isEmpty, let kept = try needed(id, old) else { continue }
            for digest in old.subtracting(kept).sorted() {
                remove(digest, of: id)
                removed += 1
            }
        }
        swept += removed
        return removed
    }

    private func remove(_ digest: String, of instanceID: String) {
        instances[instanceID]?[digest] = nil
        if instances[instanceID]?.isEmpty == true { instances[instanceID] = nil }
        world.trace { "payload \(digest.prefix(8)) of \(instanceID) removed" }
        onRemoval(instanceID, digest)
    }
}
