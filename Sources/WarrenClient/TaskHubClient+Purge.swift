public import Warren
import WarrenMessaging

/// Removes ended instances.
extension TaskHubClient {
    /// Removes an ended instance with its history, and with the sub-orchestrations that its last execution called.
    ///
    /// The keys of the messages that it took remain until the host deletes them: a start that is delivered again does
    /// not run the work again. A new start with the same instance ID is another start, and runs.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - recursive: whether its sub-orchestrations are removed with it.
    ///   - until: when to return: removed by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceNotFinished`` when the instance has not ended, so that
    ///   nothing was removed; ``ClientError/Code/instanceNotFound`` when there is none.
    public func purge(_ id: String, recursive: Bool = true, until: Acknowledgement = .accepted) async throws {
        try await control(.init(instanceID: id, verb: .purge, isRecursive: recursive), until)
    }

    /// Removes all the ended instances that meet some conditions, each as ``purge(_:recursive:until:)`` does.
    ///
    /// Every partition of the hub is asked. If some do not answer in time, because no host has them at the moment, what
    /// the others have is removed all the same, and then an error names those that did not answer. When it throws, some
    /// may have been removed: call it again.
    ///
    /// - Parameter query: the conditions but those of the last change, waits and order; `statuses` may name those of
    ///   ended instances only, and empty means all of them. Its `limit` is the number removed in one transaction; hosts take 100 at the most.
    /// - Returns: the number of instances that met the conditions and were removed. Their sub-orchestrations are not
    ///   counted, and an answer that was lost with a connection makes the number smaller.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if partitions did not answer.
    @discardableResult
    public func purge(matching query: InstanceQuery) async throws -> Int {
        try await purge(matching: query, within: nil) { _ in }.purged
    }

    /// Removes the ended instances that meet some conditions, as many as it can in a time.
    ///
    /// - Parameters:
    ///   - query: the conditions, as for ``purge(matching:)``.
    ///   - budget: the time after which no further transaction begins; one that is under way is awaited.
    /// - Returns: the number of removed instances, and whether all were looked at.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if partitions did not answer at all.
    public func purge(matching query: InstanceQuery, within budget: Duration) async throws -> PurgeResult {
        try await purge(matching: query, within: budget) { _ in }
    }

    /// The same for a caller that shows progress.
    ///
    /// - Parameters:
    ///   - budget: `nil` for as long as it takes.
    ///   - progress: gets the number of instances of each transaction. It is called by several tasks at once.
    package func purge(
        matching query: InstanceQuery, within budget: Duration?,
        progress: @escaping @Sendable (_ purged: Int) -> Void
    ) async throws -> PurgeResult {
        let end = budget.map { ContinuousClock.now.advanced(by: $0) }
        let limit = try checkedLimit(query)
        if let status = query.statuses.first(where: { !$0.isTerminal }) {
            throw ClientError(
                .invalidArgument,
                "Only ended instances are purged, not \(status.rawValue) ones: Completed, Failed, Terminated, Canceled."
            )
        }
        // A host of an older version would ignore these conditions, and remove more than was asked for.
        if let condition = query.laterConditions.first {
            throw ClientError(
                .invalidArgument,
                "A purge takes no condition '\(condition)'. Purge by name, status, creation time, ID or tag.")
        }
        let partitions = try await partitionCount()
        typealias Outcome = (partition: Int, purged: Int, isComplete: Bool, error: ClientError?)
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for partition in 0..<partitions {
                group.addTask { [self] in
                    var question = query
                    question.limit = limit
                    var purged = 0
                    while true {
                        let ids = RequestIDs.random()
                        let message = messages.purge(question, partition: partition, ids: ids)
                        do {
                            let reply = try await ask(.purge, message, ids, timeout: nil).purge()
                            purged += reply.purged
                            progress(reply.purged)
                            guard let next = reply.next else { return (partition, purged, true, nil) }
                            if let end, ContinuousClock.now >= end { return (partition, purged, false, nil) }
                            question.after = next
                        } catch let error as ClientError where error.code == .timedOut {
                            return (partition, purged, false, error)
                        }
                    }
                }
            }
            return try await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        let purged = outcomes.reduce(0) { $0 + $1.purged }
        let missing = outcomes.filter { $0.error != nil }
        guard let error = missing.first?.error else {
            return PurgeResult(purged: purged, isComplete: outcomes.allSatisfy(\.isComplete))
        }
        if missing.count == partitions, purged == 0 { throw error }
        throw ClientError(
            .timedOut,
            "Not everything was purged: \(PartitionWords.text(missing.map(\.partition))) of hub '\(hub)' did not "
                + "answer within \(timeout). \(purged) \(purged == 1 ? "instance was" : "instances were") removed. No "
                + "host may have what did not answer at the moment: 'warren hub show --owners' shows it. Purge again then."
        )
    }
}
