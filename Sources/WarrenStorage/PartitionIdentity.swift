/// The identity of the data in a store.
public struct PartitionIdentity: Sendable, Hashable {
    /// The name of the task hub.
    public var hub: String
    /// The number of the partition, from 0.
    public var partition: Int
    /// The number of partitions of the hub.
    public var partitionCount: Int
    /// Created with the partition; distinguishes this file from a copy or another host's file.
    public var storeID: String
    /// Counts openings for writing. Every transaction checks it.
    public var epoch: Int64
    /// The secret with which the partition signs. Published nowhere, unlike `storeID`.
    public var secret: PartitionSecret

    /// An identity.
    public init(
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
