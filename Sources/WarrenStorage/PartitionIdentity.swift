/// Whose data a store holds.
package struct PartitionIdentity: Sendable, Hashable {
    package var hub: String
    package var partition: Int
    package var partitionCount: Int
    /// Made when the partition was created; tells a copy or another host's file from this one.
    package var storeID: String
    /// Counts openings for writing. Every transaction checks it.
    package var epoch: Int64
    /// What the partition signs with. Published nowhere, unlike `storeID`.
    package var secret: PartitionSecret

    package init(
        hub: String, partition: Int, partitionCount: Int, storeID: String, epoch: Int64, secret: PartitionSecret
    ) {
        self.hub = hub
        self.partition = partition
        self.partitionCount = partitionCount
        self.storeID = storeID
        self.epoch = epoch
        self.secret = secret
    }
}
