import WarrenMessaging

/// Makes instances go on from an earlier point, or begin again.
extension TaskHubClient {
    /// Rewinds a failed instance: it goes on as a new execution with the history that it has, without the results that
    /// failed. Nothing that succeeded runs again.
    ///
    /// Failed activities are given out again, and failed sub-orchestrations are rewound themselves. If its own code failed
    /// it, the last episode runs again, on the code that the hosts have now.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - reason: recorded in the history.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceNotFailed`` if it has not failed,
    ///   ``ClientError/Code/instanceNotFound`` if there is none.
    public func rewind(_ id: String, reason: String? = nil, until: Acknowledgement = .accepted) async throws {
        try await control(.init(instanceID: id, verb: .rewind, reason: reason), until)
    }

    /// Resets an instance to a point of its history: it goes on from before an event, as a new execution. It may run, or
    /// have ended in any way.
    ///
    /// What the former execution has in flight is forgotten. Activities that were called before the point and not answered
    /// by then are given out again, and timers are set again.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - number: the number of the event, as `warren history` shows it; the first event has number 1.
    ///   - droppingEvents: whether external events that arrived after the point are forgotten. Otherwise the new execution
    ///     gets them again.
    ///   - recursive: whether the sub-orchestrations that were called after the point are terminated.
    ///   - reason: recorded in the history.
    /// - Returns: the IDs of the sub-orchestrations that were called after the point, at most 1000. Unless they are
    ///   terminated, they run on, and nobody waits for them.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceNotBegun`` if it has no history yet.
    @discardableResult
    public func reset(
        _ id: String, toBefore number: Int, droppingEvents: Bool = false, recursive: Bool = false,
        reason: String? = nil
    ) async throws -> [String] {
        guard number >= 1 else {
            throw ClientError(.invalidArgument, "Events are numbered from 1; \(number) is no event.")
        }
        let command = ControlCommand(
            instanceID: id, verb: .reset, reason: reason, isRecursive: recursive, beforeEvent: number,
            dropsEvents: droppingEvents)
        return try await control(command, .accepted).map { ReplyCodec.children(of: $0) } ?? []
    }

    /// Starts the work of an instance once more: with the same name, input and tags, on the code that the hosts have now.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - newID: the ID of the instance to start; by default the same one, which then loses its history.
    /// - Returns: the ID of the instance that runs now; ``instance(of:id:)`` makes a handle of it.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceNotFinished`` if it has not ended and keeps its ID;
    ///   ``ClientError/Code/instanceExists`` if there is an instance of the new ID.
    @discardableResult
    public func restart(_ id: String, as newID: String? = nil) async throws -> String {
        if let newID { try check(instanceID: newID) }
        guard newID != id else {
            throw ClientError(.invalidArgument, "The new ID '\(id)' is the present one. Leave it out to keep it.")
        }
        try await control(.init(instanceID: id, verb: .restart, newInstanceID: newID), .accepted)
        return newID ?? id
    }

    /// Starts the work of an instance once more, under a random ID.
    package func restartAnew(_ id: String) async throws -> String { try await restart(id, as: randomID()) }
}
