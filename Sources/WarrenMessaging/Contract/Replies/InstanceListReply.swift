package import Warren

/// One page of a partition's instances.
package struct InstanceListReply: Sendable, Hashable, Codable {
    package var instances: [OrchestrationStatus]
    /// The beginning of the next page; `nil` on the last one.
    package var next: InstanceQuery.Cursor?
    /// Those of the query's conditions that the first version did not know, as far as the host has applied them;
    /// `InstanceQuery.laterConditions`. A host of an older version ignores conditions that it does not know, and its
    /// answer lacks them here.
    package var applied: [String]?

    package init(
        instances: [OrchestrationStatus], next: InstanceQuery.Cursor? = nil, applied: [String] = []
    ) {
        self.instances = instances
        self.next = next
        self.applied = applied.isEmpty ? nil : applied
    }
}
