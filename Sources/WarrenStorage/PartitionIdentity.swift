/// The identity of the data in a store.
package struct PartitionIdentity: Sendable, Hashable {
    package var hub: String
    package var partition: Int
    package var partitionCount: Int
    /// Created with the partition; distinguishes this file from a copy or another host's file.
    package var storeID: String
    /// Counts openings for writing. Every transaction checks it.
    package var epoch: Int64
    /// The secret with which the partition signs. Published nowhere, unlike `storeID`.
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
