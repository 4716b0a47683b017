package import Warren

/// One page of a partition's instances.
package struct InstanceListReply: Sendable, Hashable, Codable {
    package var instances: [OrchestrationStatus]
    /// Where the next page begins; `nil` on the last one.
    package var next: InstanceQuery.Cursor?

    package init(instances: [OrchestrationStatus], next: InstanceQuery.Cursor? = nil) {
        self.instances = instances
        self.next = next
    }
}
