public import Warren

/// An instance that has ended, and the time at which it did.
public struct EndedInstance: Sendable, Hashable {
    /// The key of the instance.
    public var key: Int64
    /// The time of its end.
    public var completedAt: Timestamp

    /// An instance that has ended.
    public init(key: Int64, completedAt: Timestamp) {
        self.key = key
        self.completedAt = completedAt
    }

    /// Whether it comes before another one in the order of the ends; of two that ended together, the one with the smaller
    /// key.
    public func isBefore(_ other: EndedInstance) -> Bool {
        (completedAt, key) < (other.completedAt, other.key)
    }
}

extension PartitionStore {
    /// Reads all ended instances. Stores with many have an index.
    public func ended(_ status: RuntimeStatus, after place: EndedInstance?, most: Int) throws -> [EndedInstance] {
        var query = InstanceQuery(statuses: [status], limit: 1000)
        var found: [EndedInstance] = []
        repeat {
            let page = try list(query)
            for record in page.instances {
                guard let end = record.completedAt else { continue }
                let ended = EndedInstance(key: record.key, completedAt: end)
                if place.map({ $0.isBefore(ended) }) ?? true { found.append(ended) }
            }
            query.after = page.next
        } while query.after != nil
        return Array(found.sorted { $0.isBefore($1) }.prefix(most))
    }
}
