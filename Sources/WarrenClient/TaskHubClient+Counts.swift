package import Warren
import WarrenMessaging

/// Counts instances.
extension TaskHubClient {
    /// The number of instances that meet some conditions.
    ///
    /// - Returns: the counts, and the numbers of the partitions that did not answer in time, ascending. Their instances
    ///   are not counted.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if no partition answers; ``ClientError/Code/rejected`` if a
    ///   host has an older version that does not know a condition.
    package func counts(
        _ query: InstanceCountQuery, timeout: Duration? = nil
    ) async throws -> (counts: InstanceCounts, incomplete: [Int]) {
        guard query.conditions.withInput == nil else {
            throw ClientError(.invalidArgument, "Instances are not counted by their input. List them instead.")
        }
        let partitions = try await partitionCount(timeout: timeout)
        typealias Answer = (partition: Int, counts: Result<InstanceCounts, ClientError>)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for partition in 0..<partitions {
                let ids = RequestIDs.random()
                let message = messages.query(.count(query), partition: partition, ids: ids)
                group.addTask { [self] in
                    do {
                        let counts = try await ask(.list, message, ids, timeout: timeout).counts()
                        try check(counts.applied, of: query.conditions, from: partition)
                        return (partition, .success(counts))
                    } catch let error as ClientError where error.code == .timedOut {
                        return (partition, .failure(error))
                    }
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        var counts = InstanceCounts()
        var missing: [(partition: Int, error: ClientError)] = []
        for answer in answers {
            switch answer.counts {
            case .success(let found): counts.add(found)
            case .failure(let error): missing.append((answer.partition, error))
            }
        }
        if missing.count == partitions, let error = missing.first?.error { throw error }
        return (counts, missing.map(\.partition).sorted())
    }
}
