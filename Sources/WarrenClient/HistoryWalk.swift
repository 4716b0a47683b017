package import Warren

/// A history that is read part by part and kept nowhere, for those who show it: once to its end, to know what the instance
/// is at that moment, and as often as it is wanted after that.
///
/// An execution's history only grows, so that later readings give what the first one saw.
package struct HistoryWalk: Sendable {
    /// The instance as of its history's last event, without the history.
    package let status: OrchestrationStatus
    /// How many events the history has.
    package let events: Int

    let client: TaskHubClient
    let timeout: Duration?

    /// Reads the events once more, as many as there were.
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

        /// The next events; `nil` at the end, which comes early if the instance has continued as new or was purged since.
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
    /// The beginning of an instance's history with the instance as it stands: the whole history, unless
    /// ``OrchestrationStatus/historyNext`` says that it goes on.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - timeout: how long to wait for the answer; the client's ``timeout`` if absent.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``.
    package func historyPart(of id: String, timeout: Duration? = nil) async throws -> OrchestrationStatus? {
        try check(instanceID: id)
        return try await part(of: id, true, from: nil, timeout)
    }

    /// Reads a history to its end.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - nothing: what is known before the first event.
    ///   - timeout: how long to wait for each answer; the client's ``timeout`` if absent.
    ///   - look: looks at the next events. It is begun anew with `nothing` if the instance continues as new meanwhile.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``: ``ClientError/Code/overloaded`` if the instance continues as new faster than it can be read.
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
            // It was not there at all, or is not any more.
            if from == nil { return nil }
        }
        throw ClientError(
            .overloaded, "Instance '\(id)' continues as new faster than its history can be read. Ask again in a moment."
        )
    }
}
