public import Warren

/// A part of a listing: newest first, instances of equal age by descending ID.
public struct InstancePage: Sendable, Hashable, Codable {
    /// The instances.
    public var instances: [OrchestrationStatus]
    /// Where the next page begins; `nil` when there is nothing more.
    public var next: InstanceQuery.Cursor?

    /// A part of a listing.
    public init(instances: [OrchestrationStatus], next: InstanceQuery.Cursor?) {
        self.instances = instances
        self.next = next
    }
}
