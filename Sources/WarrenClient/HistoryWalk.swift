package import Warren

/// A history that is read part by part and not kept, for callers that show it: once to its end, to find the status of
/// the instance at that moment, and any number of times after that.
///
/// An execution's history only grows, so later readings return the events of the first one.
package struct HistoryWalk: Sendable {
    /// The instance as of its history's last event, without the history.
    package let status: OrchestrationStatus
    /// The number of events of the history.
    package let events: Int

    let client: TaskHubClient
    let timeout: Duration?

    /// Reads the same events again.
    package func parts() -> Parts { Parts(walk: self) }

    /// The parts of a history, in order.
    package struct Parts {
        private let walk: HistoryWalk
        private var left: Int
        private var from: String?

        init(walk: HistoryWalk) {
            self.walk = walk
            left = walk.events
        }

        /// The next events; `nil` at the end, which is early if the instance has continued as new or was purged since.
        ///
        /// - Throws: ``ClientError``.
        package mutating func next() async throws -> [Payload]? {
            guard left > 0,
                let part = try await walk.client.part(of: walk.status.instanceID, true, from: from, walk.timeout),
                part.executionID == walk.status.executionID, let found = part.history, !found.isEmpty
            else { return nil }
            let events = found.count > left ? Array(found.prefix(left)) : found
            from = part.historyNext
            left = from == nil ? 0 : left - events.count
            return events
        }
    }
}

extension TaskHubClient {
    /// A part of an instance's history with the present status of the instance: all the rest of the history, unless
    /// ``OrchestrationStatus/historyNext`` is set.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - place: the ``OrchestrationStatus/historyNext`` of the part before; `nil` for the beginning.
    ///   - timeout: the time to wait for the answer; the client's ``timeout`` if absent.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``.
    package func historyPart(of id: String, from place: String? = nil, timeout: Duration? = nil) async throws
        -> OrchestrationStatus?
    {
        try check(instanceID: id)
        return try await part(of: id, true, from: place, timeout)
    }

    /// Reads a history to its end.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - nothing: the initial value.
    ///   - timeout: the time to wait for each answer; the client's ``timeout`` if absent.
    ///   - look: updates the value from the next events. It starts again with `nothing` if the instance continues as
    ///     new meanwhile.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``: ``ClientError/Code/overloaded`` if the instance continues as new faster than it can
    ///   be read.
    package func historyWalk<Seen>(
        of id: String, _ nothing: Seen, timeout: Duration? = nil, look: (inout Seen, [Payload]) -> Void
    ) async throws -> (walk: HistoryWalk, seen: Seen)? {
        try check(instanceID: id)
        for _ in 0..<3 {
            var seen = nothing
            var events = 0
            var from: String?
            var first: OrchestrationStatus?
            var isShortened = false
            while let part = try await part(of: id, true, from: from, timeout) {
                guard part.executionID == (first ?? part).executionID else { break }
                first = first ?? part
                look(&seen, part.history ?? [])
                isShortened = isShortened || part.omitted?.contains("history") == true
                events += part.history?.count ?? 0
                from = part.historyNext
                guard from == nil else { continue }
                var status = part
                status.history = nil
                if isShortened, part.omitted?.contains("history") != true {
                    status.omitted = (part.omitted ?? []) + ["history"]
                }
                return (HistoryWalk(status: status, events: events, client: self, timeout: timeout), seen)
            }
            // The instance never existed, or has been purged.
            if from == nil { return nil }
        }
        throw ClientError(
            .overloaded, "Instance '\(id)' continues as new faster than its history can be read. Ask again in a moment."
        )
    }
}
