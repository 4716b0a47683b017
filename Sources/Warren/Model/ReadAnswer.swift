/// What is known of what was asked.
package enum ReadAnswer: Sendable {
    case instance(InstanceRecord?)
    case inbox(InboxEntry?)
    case history([[UInt8]])
    case waiters([[UInt8]])
    case held([UInt8]?)
    case page(RecordPage)
    /// A row cannot be read; everything else can.
    ///
    /// - `instance`: the key of the instance that it belongs to, if that is known.
    case damaged(instance: Int64?, reason: String)
}
