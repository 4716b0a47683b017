import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Passes payloads on, and removes those that are not needed any more.
extension EpisodePayloads {
    /// Stores payloads for the instances that get them, too.
    ///
    /// - Throws: `StorageError` with the reach `passing` while the folder cannot be used.
    func carry(_ payloads: [CarriedPayload]) throws(StorageError) {
        for payload in payloads {
            guard let reference = PayloadReference(payload.reference) else { continue }
            do {
                let bytes = try claims.store.get(reference, of: payload.owner)
                _ = try claims.store.put(bytes, for: [payload.receiver])
            } catch {
                guard !error.isPassing else { throw StorageError(error) }
                logger.error(
                    "A payload of an instance is gone from the payload folder, or damaged",
                    metadata: [LogKey.instance: "\(payload.owner)", LogKey.error: "\(error)"])
            }
        }
    }

    /// Finds the payloads that go with instances which are about to be purged. A sweep finds those that are not found here.
    func obsolete(with purged: [PurgedInstance], in store: any PartitionStore) -> [ObsoletePayloads] {
        purged.compactMap { instance in
            guard claims.store.holdsAny(of: instance.instanceID) else { return nil }
            do {
                return try ObsoletePayloads(of: instance, in: store)
            } catch {
                // A sweep removes them.
                logger.warning(
                    "The payloads of a purged instance cannot be determined now",
                    metadata: [LogKey.instance: "\(instance.instanceID)", LogKey.error: "\(error)"])
                return nil
            }
        }
    }

    /// Removes the payloads of an instance that is gone.
    func remove(_ obsolete: ObsoletePayloads) {
        do {
            try claims.store.remove(obsolete.times, of: obsolete.instanceID)
        } catch {
            // A sweep removes them.
            logger.warning(
                "The payloads of a purged instance cannot be removed now",
                metadata: [LogKey.instance: "\(obsolete.instanceID)", LogKey.error: "\(error)"])
        }
    }

    /// Removes the payloads in the folder that were stored before a time, and that nothing in a partition names: those of
    /// instances that are gone, of earlier generations, and of steps that were never committed.
    ///
    /// - Parameters:
    ///   - partition: the number of the partition, of `count`.
    ///   - store: the store of the partition.
    /// - Returns: the number of payloads that were removed.
    func sweep(_ partition: Int, of count: Int, in store: any PartitionStore, before time: Timestamp) throws -> Int {
        try claims.store.sweep(before: time) { instanceID, digests in
            guard Partitioning.partition(of: instanceID, count: count) == partition else { return nil }
            guard let record = try store.instance(instanceID) else { return [] }
            var named = PayloadReference.digests(in: record.input.bytes)
            for payload in [record.output, record.customStatus] {
                if let payload { named.formUnion(PayloadReference.digests(in: payload.bytes)) }
            }
            for episode in try store.history(of: record.key, generation: record.generation) {
                named.formUnion(PayloadReference.digests(in: episode))
            }
            return digests.intersection(named)
        }
    }
}
