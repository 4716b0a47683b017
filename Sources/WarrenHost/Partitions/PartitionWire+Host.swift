import Warren
import WarrenMessaging
import WarrenStorage

extension PartitionWire {
    /// Makes the wire of a host's partition.
    ///
    /// - Parameters:
    ///   - identity: of the partition's store. A host that only relays has none, and signs no work.
    ///   - keys: of all partitions that this process has.
    convenience init(
        names: TaskHubName, configuration: HostConfiguration, identity: PartitionIdentity? = nil, keys: PartitionKeys
    ) {
        let secret = identity?.secret ?? PartitionSecret.make()
        self.init(
            names: names, partition: identity?.partition, of: configuration.partitionCount,
            signing: Signing(
                secret: secret.bytes,
                former: secret.oldTokensUntil == nil ? nil : (identity?.storeID.utf8).map(Array.init),
                formerUntil: identity?.secret.oldTokensUntil),
            keys: keys, replies: ReplyRules(prefixes: configuration.messages.replyQueuePrefixes.sorted()),
            host: HostName.current, hasPayloadFolder: configuration.payloads.directory != nil)
    }
}
