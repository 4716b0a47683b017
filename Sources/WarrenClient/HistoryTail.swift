package import Warren
import WarrenMessaging

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

    /// The time for which one question waits for events. A host that ends without a word makes its callers wait for
    /// this long, and a little longer.
    private static let watchTime = Duration.seconds(15)
    private static let grace = Duration.seconds(5)
    /// The pause before the next question where a host does not wait for events: an older version, or one with too many
    /// callers.
    private static let pause = Duration.seconds(1)

    init(client: TaskHubClient, id: String) {
        self.client = client
        self.id = id
    }

    /// Reads the next part as soon as there is one, without polling: the host answers when the instance moves.
    ///
    /// - Returns: a part, without events if nothing has happened for a quarter of a minute; `nil` if the hub has no such
    ///   instance, or has it no more.
    /// - Throws: ``ClientError``, `CancellationError`.
    package mutating func news() async throws -> Part? {
        let elapsed = Self.stopwatch(client.clock)
        var part: Part?
        do {
            part = try await next(waiting: Self.watchTime)
        } catch let error as ClientError where error.code == .timedOut {
            // The host that kept the question may have ended without a word. If there is another one it answers at once.
            guard from != nil else { throw error }
            part = try await next()
        } catch let error as ClientError where error.code == .overloaded {
            // The partition moves to another host, or a host has too many callers.
            try await client.clock.sleep(for: Self.pause)
            part = try await next()
        }
        guard let part else { return nil }
        let isNews = !part.events.isEmpty || part.isNextExecution || part.status.runtimeStatus.isTerminal
        if !isNews, elapsed() < Self.pause { try await client.clock.sleep(for: Self.pause) }
        return part
    }

    /// Returns what tells the time that has passed since.
    private static func stopwatch<Time: Clock<Duration>>(_ clock: Time) -> () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// Reads the next part.
    ///
    /// - Returns: `nil` if the hub has no such instance, or has it no more.
    /// - Throws: ``ClientError``.
    package mutating func next() async throws -> Part? { try await next(waiting: nil) }

    /// - Parameter time: the time for which the host may wait for events; `nil` for an answer at once.
    private mutating func next(waiting time: Duration?) async throws -> Part? {
        var watch: HistoryWatch?
        // A host of an older version names no end of the history, and cannot wait.
        if let time, let executionID, from != nil {
            watch = HistoryWatch(executionID: executionID, waiting: time)
        }
        guard
            var status = try await client.part(
                of: id, true, from: from, watch == nil ? nil : time.map { $0 + Self.grace }, watch: watch)
        else { return nil }
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
