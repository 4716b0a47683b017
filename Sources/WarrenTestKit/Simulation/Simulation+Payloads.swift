import Warren
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// Checks the payload folder: L1, that nothing names a payload which is not there, and L2, that nothing is left over.
extension Simulation {
    /// Gives a process the folder of its hub.
    func setPayloads(of host: SimHost, _ parts: inout SimulatedProcess.Parts) {
        guard let payloads = plan.payloads else { return }
        let store = SimPayloadStore(
            folder, world, faults, name: "payloads-\(host.place)", life: host.life,
            kill: { [self] in kill(host, downFor: 50_000) })
        store.storesLater = bug == .payloadStoredLater
        parts.payloads = store
        parts.limits = WireLimits(maximumBodyBytes: payloads.intakeBytes)
        parts.upkeepClock = host.upkeepClock
    }

    /// Changes the configuration of hosts in a hub with a payload folder.
    static func configure(_ configuration: inout HostConfiguration, _ payloads: SimPayloads?) {
        guard let payloads else { return }
        // Its processes have the folder from elsewhere; that there is one makes work items say so.
        configuration.payloads.directory = "simulated"
        configuration.payloads.threshold = payloads.threshold
        guard let age = payloads.retention.map({ Duration.microseconds($0) }) else { return }
        configuration.retention.completed = age
        configuration.retention.failed = age
        configuration.retention.terminated = age
    }

    /// Watches the folder, and leaves there what clients store and never send.
    func watchPayloads() {
        guard plan.payloads != nil else { return }
        folder.sweepsAll = bug == .sweepsYoung
        folder.sweepsNothing = bug == .sweepsNothing
        folder.onRemoval = { [weak self] id, digest in
            guard let self, let name = names(digest, of: id) else { return }
            world.fail("L1", id, "a payload is removed, and \(name) names it")
        }
        checker.onCommit = { [weak self] in self?.committed($0, $1) }
        for id in ["i0", "never"] {
            let payload = Payload(json: "\"\(String(repeating: "never sent to \(id) ", count: 20))\"")
            folder.put(payload.bytes, PayloadReference(of: payload.bytes), for: id)
        }
    }

    /// Lets days pass in which the folder is swept, when nothing else happens any more.
    func letPayloadsAge() {
        guard plan.payloads != nil else { return }
        world.after(SimPayloads.patience) {}
    }

    /// Returns an instance's payload as the reader of a reference gets it.
    func whole(_ payload: Payload?, of instanceID: String) -> Payload? {
        guard plan.payloads != nil, let payload, let reference = PayloadReference(payload) else { return payload }
        do {
            return Payload(bytes: try folder.get(reference, of: instanceID))
        } catch {
            world.fail("L1", instanceID, "\(error)")
            return payload
        }
    }

    /// Returns an instance's history as its code gets it.
    func whole(_ events: [HistoryEvent], of instanceID: String) -> [HistoryEvent] {
        guard plan.payloads != nil else { return events }
        return events.map { event in
            guard let payload = event.payload, let whole = whole(payload, of: instanceID) else { return event }
            return event.with(payload: whole)
        }
    }

    /// Checks that everything which a durable step names is in the folder already.
    private func committed(_ commit: PartitionCommit, _ disk: SimDisk) {
        for write in commit.instances {
            // The record of a change has only what is changed.
            guard let id = disk.rows.instance(key: write.record.key)?.instanceID else { continue }
            for payload in [write.record.input, write.record.output, write.record.customStatus] {
                if let payload { check(PayloadReference.digests(in: payload.bytes), of: id, "its row") }
            }
        }
        for row in commit.history {
            guard let id = disk.rows.instance(key: row.instance)?.instanceID else { continue }
            check(PayloadReference.digests(in: row.events), of: id, "its history")
        }
    }

    private func check(_ digests: Set<String>, of instanceID: String, _ name: String) {
        for digest in digests.sorted() where !folder.has(digest, of: instanceID) {
            world.fail("L1", instanceID, "\(name) names the payload \(digest.prefix(8)), which is not there")
        }
    }

    /// Returns the part of an instance that names a payload; `nil` if none does.
    private func names(_ digest: String, of instanceID: String) -> String? {
        let disk = disks[Partitioning.partition(of: instanceID, count: Self.partitions)]
        guard let record = disk.rows.instance(instanceID) else { return nil }
        func contains(_ bytes: [UInt8]?) -> Bool {
            bytes.map { PayloadReference.digests(in: $0) }?.contains(digest) == true
        }
        if contains(record.input.bytes) { return "its input" }
        if contains(record.output?.bytes) { return "its output" }
        if contains(record.customStatus?.bytes) { return "its custom status" }
        let history = disk.rows.history(of: record.key, generation: record.generation)
        return history.contains(where: contains) ? "its history" : nil
    }

    /// Checks that everything that rows name is in the folder, and that rows name everything that is.
    func checkPayloads() {
        guard plan.payloads != nil else { return }
        for disk in disks {
            for record in disk.rows.instances {
                for payload in [record.input, record.output, record.customStatus] {
                    _ = whole(payload, of: record.instanceID)
                }
                for episode in disk.rows.history(of: record.key, generation: record.generation) {
                    check(PayloadReference.digests(in: episode), of: record.instanceID, "its history")
                }
            }
        }
        for (id, payloads) in folder.instances.sorted(by: { $0.key < $1.key }) {
            for digest in payloads.keys.sorted() where names(digest, of: id) == nil {
                world.fail("L2", id, "the payload \(digest.prefix(8)) is left over, and nothing names it")
            }
        }
    }
}
