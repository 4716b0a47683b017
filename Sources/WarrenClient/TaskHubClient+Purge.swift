public import Warren
import WarrenMessaging

/// Removes ended instances.
extension TaskHubClient {
    /// Removes an ended instance with its history, and the sub-orchestrations that its last execution called.
    ///
    /// The keys of the messages that it took remain until the host deletes them: a start that is delivered again does
    /// not run the work again. A new start with the same instance ID is another start, and runs.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - until: when to return: removed by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceNotFinished`` when the instance has not ended, so that
    ///   nothing was removed; ``ClientError/Code/instanceNotFound`` when there is none.
    public func purge(_ id: String, until: Acknowledgement = .accepted) async throws {
        try await control(id, .purge, nil, until)
    }

    /// Removes all the ended instances that meet some conditions, each as ``purge(_:until:)`` does.
    ///
    /// Every partition of the hub is asked, so all its hosts have to be running. When it throws, some may have been
    /// removed: call it again.
    ///
    /// - Parameter query: the conditions; `statuses` may name those of ended instances only, and empty means all of
    ///   them. Its `limit` is the number removed in one transaction; hosts take 100 at the most.
    /// - Returns: the number of instances that met the conditions and were removed. Their sub-orchestrations are not
    ///   counted, and an answer that was lost with a connection makes the number smaller.
    /// - Throws: ``ClientError``.
    @discardableResult
    public func purge(matching query: InstanceQuery) async throws -> Int {
        let limit = try checkedLimit(query)
        if let status = query.statuses.first(where: { !$0.isTerminal }) {
            throw ClientError(
                .invalidArgument,
                "Only ended instances are purged, not \(status.rawValue) ones: Completed, Failed, Terminated, Canceled."
            )
        }
        let partitions = try await partitionCount()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for partition in 0..<partitions {
                group.addTask { [self] in
                    var question = query
                    question.limit = limit
                    var purged = 0
                    while true {
                        let ids = RequestIDs.random()
                        let message = messages.purge(question, partition: partition, ids: ids)
                        let reply = try await ask(message, ids, timeout: nil).purge()
                        purged += reply.purged
                        guard let next = reply.next else { return purged }
                        question.after = next
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }
}
