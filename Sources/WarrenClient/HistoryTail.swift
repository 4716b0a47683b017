package import Warren

/// A history that is read part by part, and on behind its end as it grows. One part is in memory at a time.
package struct HistoryTail: Sendable {
    /// What one reading gave.
    package struct Part: Sendable {
        /// The next events, in order; none if there are no new ones.
        package var events: [Payload]
        /// Whether these are the first events of an execution that follows another one: the instance has continued as
        /// new, or was started again.
        package var isNextExecution: Bool
        /// Whether the history has no more events for now.
        package var isAtEnd: Bool
        /// The instance at this moment, without its history.
        package var status: OrchestrationStatus
    }

    private let client: TaskHubClient
    private let id: String
    private var executionID: String?
    private var from: String?
    /// The number of events after `from` that were returned already: hosts of older versions do not name their end.
    private var skipped = 0

    init(client: TaskHubClient, id: String) {
        self.client = client
        self.id = id
    }

    /// Reads the next part.
    ///
    /// - Returns: `nil` if the hub has no such instance, or has it no more.
    /// - Throws: ``ClientError``.
    package mutating func next() async throws -> Part? {
        guard var status = try await client.part(of: id, true, from: from, nil) else { return nil }
        let isNext = executionID != nil && status.executionID != executionID
        if isNext, from != nil {
            // The place belongs to the former execution.
            (from, skipped) = (nil, 0)
            guard let first = try await client.part(of: id, true, from: nil, nil) else { return nil }
            status = first
        }
        if isNext { skipped = 0 }
        executionID = status.executionID
        let events = Array((status.history ?? []).dropFirst(skipped))
        if let place = status.historyNext ?? status.historyEnd {
            (from, skipped) = (place, 0)
        } else {
            skipped += events.count
        }
        let isAtEnd = status.historyNext == nil
        status.history = nil
        return Part(events: events, isNextExecution: isNext, isAtEnd: isAtEnd, status: status)
    }
}

extension TaskHubClient {
    /// A history to be read from its beginning, part by part, and followed.
    ///
    /// - Throws: ``ClientError`` for an ID that no instance can have.
    package func historyTail(of id: String) throws -> HistoryTail {
        try check(instanceID: id)
        return HistoryTail(client: self, id: id)
    }
}
