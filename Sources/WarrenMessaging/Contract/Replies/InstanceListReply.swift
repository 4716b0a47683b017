package import Warren

/// One page of a partition's instances.
package struct InstanceListReply: Sendable, Hashable, Codable {
    package var instances: [OrchestrationStatus]
    /// The beginning of the next page; `nil` on the last one.
    package var next: InstanceQuery.Cursor?

    package init(instances: [OrchestrationStatus], next: InstanceQuery.Cursor? = nil) {
        self.instances = instances
        self.next = next
    }
}
