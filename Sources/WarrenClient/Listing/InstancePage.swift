public import Warren

/// A part of a listing, in the query's order: newest first unless it says otherwise.
///
/// A partition of the hub may have no host for a moment: while another host takes it over, or because all hosts that
/// run its orchestrations are gone. A page that was composed without it says so in ``incomplete``.
public struct InstancePage: Sendable, Hashable {
    /// The instances.
    public var instances: [OrchestrationStatus]
    /// The beginning of the next page; `nil` on the last one.
    ///
    /// With partitions missing, `nil` says only that the others have no more.
    public var next: InstanceQuery.Cursor?
    /// The numbers of the partitions that did not answer in time, ascending; empty if the page is complete.
    ///
    /// The instances of these partitions are missing from this page; all others are there, in order. The next page asks
    /// them again, but begins behind this page: instances of theirs that belong before it are on no later page. To have
    /// them, request this page again with the same `InstanceQuery.after`.
    public var incomplete: [Int]

    /// A part of a listing.
    public init(instances: [OrchestrationStatus], next: InstanceQuery.Cursor?, incomplete: [Int] = []) {
        self.instances = instances
        self.next = next
        self.incomplete = incomplete
    }
}

/// Reads and writes pages; a complete one has no member `incomplete`, as before there was one.
extension InstancePage: Codable {
    private enum CodingKeys: String, CodingKey {
        case instances, next, incomplete
    }

    /// Reads a page.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        instances = try container.decode([OrchestrationStatus].self, forKey: .instances)
        next = try container.decodeIfPresent(InstanceQuery.Cursor.self, forKey: .next)
        incomplete = try container.decodeIfPresent([Int].self, forKey: .incomplete) ?? []
    }

    /// Writes a page.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(instances, forKey: .instances)
        try container.encodeIfPresent(next, forKey: .next)
        if !incomplete.isEmpty { try container.encode(incomplete, forKey: .incomplete) }
    }
}
