/// One page of a partition's instances.
package struct RecordPage: Sendable, Hashable {
    package var instances: [InstanceRecord]
    /// The beginning of the next page; `nil` on the last one.
    package var next: InstanceQuery.Cursor?

    package init(instances: [InstanceRecord] = [], next: InstanceQuery.Cursor? = nil) {
        self.instances = instances
        self.next = next
    }
}
