/// The answer to a `ReadRequest`.
public enum ReadAnswer: Sendable {
    indirect case recovered(RecoveredPartition)
    case instance(InstanceRecord?)
    case inbox(InboxEntry?)
    case history([[UInt8]])
    case waiters([[UInt8]])
    case held([UInt8]?)
    case page(RecordPage)
    case outbox([OutboxRow])
    /// A row cannot be read, but the rest of the file can.
    ///
    /// - `instance`: the key of the instance that the row belongs to, if that is known.
    case damaged(instance: Int64?, reason: String)
}
