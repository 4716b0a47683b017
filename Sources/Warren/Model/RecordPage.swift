/// One page of a partition's instances.
public struct RecordPage: Sendable, Hashable {
    /// The instances, in the order of the query.
    public var instances: [InstanceRecord]
    /// The beginning of the next page; `nil` on the last one.
    public var next: InstanceQuery.Cursor?

    /// A page, by default an empty last one.
    public init(instances: [InstanceRecord] = [], next: InstanceQuery.Cursor? = nil) {
        self.instances = instances
        self.next = next
    }
}
