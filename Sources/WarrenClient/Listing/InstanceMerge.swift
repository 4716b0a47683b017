package import Warren

/// Merges the listings of a hub's partitions into one, in the order of listings. Pure: it names the partitions to ask.
///
/// An instance may be returned only when no partition could still hold an earlier one, so every partition that is not
/// at its end must have an instance in its buffer. A partition that does not answer can be left out: the order of the
/// others' instances is not affected by it.
package struct InstanceMerge: Sendable {
    private struct Source {
        var buffer: ArraySlice<OrchestrationStatus> = []
        var after: InstanceQuery.Cursor?
        var isAtEnd = false
        var isMissing = false
    }

    private var sources: [Source]
    private let query: InstanceQuery
    /// Whether an instance has been returned.
    package private(set) var hasReturned = false

    /// - Parameter query: the query, for its order and the place to begin.
    package init(partitions: Int, of query: InstanceQuery) {
        sources = Array(repeating: Source(after: query.after), count: partitions)
        self.query = query
    }

    /// The number of partitions.
    package var partitions: Int { sources.count }

    /// The partitions to ask before the next instance is known, and the place from which on.
    package var needed: [(partition: Int, after: InstanceQuery.Cursor?)] {
        sources.indices.filter { sources[$0].buffer.isEmpty && !sources[$0].isAtEnd && !sources[$0].isMissing }
            .map { ($0, sources[$0].after) }
    }

    /// The place up to which partitions that have more were looked through without finding anything: a page may end here, and
    /// the next one begins here. `nil` if there is no such partition, or one was never asked.
    package var lookedThrough: InstanceQuery.Cursor? {
        let places = needed.map(\.after)
        let known = places.compactMap(\.self)
        guard known.count == places.count else { return nil }
        return known.min { left, right in
            query.isListedBefore(
                (left.createdAt, left.lastUpdatedAt ?? left.createdAt, left.instanceID),
                (right.createdAt, right.lastUpdatedAt ?? right.createdAt, right.instanceID))
        }
    }

    /// Whether every instance has been returned, of partitions that are left out as far as they were known.
    package var isAtEnd: Bool { sources.allSatisfy { $0.buffer.isEmpty && ($0.isAtEnd || $0.isMissing) } }

    /// The partitions that are left out, ascending.
    package var missing: [Int] { sources.indices.filter { sources[$0].isMissing } }

    /// Leaves out a partition that does not answer: it is not asked again, and nothing more of it is returned.
    package mutating func leaveOut(_ partition: Int) {
        sources[partition].isMissing = true
    }

    /// Adds a partition's page.
    ///
    /// - Parameter next: the place where the partition continues; `nil` if it has no more.
    package mutating func add(
        _ instances: [OrchestrationStatus], next: InstanceQuery.Cursor?, from partition: Int
    ) {
        sources[partition].buffer = instances.sorted(by: isBefore)[...]
        sources[partition].isAtEnd = next == nil
        sources[partition].after = next
    }

    /// The next instance, or `nil` if partitions have to be asked first or all are returned.
    package mutating func next() -> OrchestrationStatus? {
        guard needed.isEmpty else { return nil }
        let heads = sources.indices.compactMap { index in sources[index].buffer.first.map { (index, $0) } }
        guard let (index, first) = heads.min(by: { isBefore($0.1, $1.1) }) else { return nil }
        sources[index].buffer.removeFirst()
        hasReturned = true
        return first
    }

    private func isBefore(_ left: OrchestrationStatus, _ right: OrchestrationStatus) -> Bool {
        query.isListedBefore(
            (left.createdAt, left.lastUpdatedAt, left.instanceID),
            (right.createdAt, right.lastUpdatedAt, right.instanceID))
    }
}

extension OrchestrationStatus {
    /// The place after this instance, where a listing of the query continues.
    package func cursor(in query: InstanceQuery = .init()) -> InstanceQuery.Cursor {
        query.cursor(createdAt: createdAt, lastUpdatedAt: lastUpdatedAt, instanceID: instanceID)
    }
}
