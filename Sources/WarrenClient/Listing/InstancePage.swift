public import Warren

/// A part of a listing: newest first, instances of equal age by descending ID.
public struct InstancePage: Sendable, Hashable, Codable {
    /// The instances.
    public var instances: [OrchestrationStatus]
    /// The beginning of the next page; `nil` on the last one.
    public var next: InstanceQuery.Cursor?

    /// A part of a listing.
    public init(instances: [OrchestrationStatus], next: InstanceQuery.Cursor?) {
        self.instances = instances
        self.next = next
    }
}
