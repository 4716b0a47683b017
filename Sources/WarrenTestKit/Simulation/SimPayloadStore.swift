import Warren
import WarrenMessaging

/// The payload folder as one process sees it.
final class SimPayloadStore: PayloadStore, @unchecked Sendable {
    private let folder: SimPayloadFolder
    private let world: SimWorld
    private let faults: SimFaults
    private let name: String
    /// The life of the process; `nil` for one that never dies and has no faults.
    private let life: SimLife?
    private let kill: () -> Void
    /// The payloads that a process with a planted bug has not stored yet.
    private var unwritten: [(bytes: [UInt8], reference: PayloadReference, ids: [String])] = []
    /// A switch for a planted bug: a payload counts as stored before it is durable.
    var storesLater = false

    init(
        _ folder: SimPayloadFolder, _ world: SimWorld, _ faults: SimFaults, name: String, life: SimLife? = nil,
        kill: @escaping () -> Void = {}
    ) {
        self.folder = folder
        self.world = world
        self.faults = faults
        self.name = name
        self.life = life
        self.kill = kill
    }

    func put(_ payload: [UInt8], for instanceIDs: [String]) throws(PayloadStoreError) -> PayloadReference {
        try checkLife()
        let reference = PayloadReference(of: payload)
        var fault: SimFault?
        if life != nil { fault = faults.strikes(.payloadFails, .deathAtPayload, of: name) }
        // The first instances may have it already when the disk or the process fails.
        let count = fault == nil ? instanceIDs.count : Int(world.draws.number("payload", name, payload.count) % 2)
        if storesLater {
            unwritten.append((payload, reference, instanceIDs))
            world.after(50_000) { [self] in
                guard let next = unwritten.first else { return }
                unwritten.removeFirst()
                life?.run { [folder] in for id in next.ids { folder.put(next.bytes, next.reference, for: id) } }
            }
        } else {
            for id in instanceIDs.prefix(count) { folder.put(payload, reference, for: id) }
        }
        switch fault {
        case .deathAtPayload:
            kill()
            throw PayloadStoreError(.unavailable, "The process is dead.")
        case nil: return reference
        default: throw PayloadStoreError(payload.count % 2 == 0 ? .full : .unavailable, "The folder failed.")
        }
    }

    func get(_ reference: PayloadReference, of instanceID: String) throws(PayloadStoreError) -> [UInt8] {
        try checkLife()
        if life != nil, faults.strikes(.payloadFails, of: name) != nil {
            throw PayloadStoreError(.unavailable, "The folder failed.")
        }
        if let next = unwritten.first(where: { $0.reference == reference }) { return next.bytes }
        return try folder.get(reference, of: instanceID)
    }

    func holdsAny(of instanceID: String) -> Bool { folder.instances[instanceID] != nil }

    func remove(_ payloads: [String: Timestamp], of instanceID: String) throws(PayloadStoreError) {
        try checkLife()
        if faults.strikes(.payloadFails, of: name) != nil {
            throw PayloadStoreError(.unavailable, "The folder failed.")
        }
        folder.remove(payloads.mapValues { SimClock.worldTime(of: $0) }, of: instanceID)
    }

    func sweep(
        before time: Timestamp, needed: (_ instanceID: String, _ digests: Set<String>) throws -> Set<String>?
    ) throws -> Int {
        try checkLife()
        return try folder.sweep(before: SimClock.worldTime(of: time), needed)
    }

    private func checkLife() throws(PayloadStoreError) {
        if life?.isOver == true { throw PayloadStoreError(.unavailable, "The process is dead.") }
    }
}
