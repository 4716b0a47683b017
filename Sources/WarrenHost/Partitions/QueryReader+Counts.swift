import Warren
import WarrenMessaging
import WarrenStorage

/// Counts instances.
extension QueryReader {
    /// The number of pages that are read to count instances by what their histories say that they wait for.
    private static let mostPages = 10

    /// The number of instances that meet the conditions, up to a bound; the answer says if there are more.
    func counts(_ query: InstanceCountQuery) throws -> InstanceCounts {
        var counts =
            if let condition = query.conditions.waitsFor, !condition.isAboutEvents {
                try countsOfWaiting(query)
            } else {
                try store.instanceCounts(query, most: Self.mostCounted)
            }
        // Counts come from indexes, and there is none of inputs: the client is told that the condition was not applied.
        let applied = query.conditions.laterConditions.filter { $0 != "withInput" }
        counts.applied = applied.isEmpty ? nil : applied
        return counts
    }

    /// Counts the instances of a listing, page by page. An instance with a history too long to be read is not counted, and
    /// makes the number a lower bound.
    private func countsOfWaiting(_ query: InstanceCountQuery) throws -> InstanceCounts {
        var conditions = query.conditions
        conditions.limit = 1000
        conditions.after = nil
        var counts = InstanceCounts()
        // What has ended waits for nothing.
        counts.ended = query.countedEndings.map { _ in [] }
        for _ in 0..<Self.mostPages {
            let page = try list(conditions)
            for status in page.instances {
                guard status.omitted?.contains("openTasks") != true else {
                    counts.isCut = true
                    continue
                }
                counts.cells.append(
                    .init(status: status.runtimeStatus, bucket: query.bucket(of: status.createdAt), count: 1))
            }
            counts.add(InstanceCounts())
            guard let next = page.next else { return counts }
            conditions.after = next
        }
        counts.isCut = true
        return counts
    }
}
