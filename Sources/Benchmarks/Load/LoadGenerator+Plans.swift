import AMQPMessages
import Warren
import WarrenMessaging

/// The loads that several workloads have in common.
extension LoadGenerator {
    /// Starts instances and waits for their results.
    ///
    /// - Parameters:
    ///   - input: the input of an item.
    ///   - output: the output that an item must have.
    ///   - lifeSign: counts what happens inside items that take long.
    func complete(
        _ name: String, count: Int, inFlight: Int, input: @escaping @Sendable (Int) -> Int,
        output: @escaping @Sendable (Int) -> Int, lifeSign: Counter? = nil
    ) async throws -> Latencies {
        let series = newSeries()
        return try await drive(
            LoadPlan(
                series: series, count: count, inFlight: inFlight, lifeSign: lifeSign,
                message: start(name, series: series, mode: .completed, input: input),
                body: { Array(String(output($0)).utf8) }))
    }

    /// Starts instances with a text as their input, and waits for their results: its length.
    func store(_ text: String, count: Int, inFlight: Int) async throws -> Latencies {
        let series = newSeries()
        let encoder = encoder
        let input = Payload(json: "\"\(text)\"")
        let length = Array(String(text.utf8.count).utf8)
        return try await drive(
            LoadPlan(
                series: series, count: count, inFlight: inFlight,
                message: { index in
                    encoder.start(
                        StartCommand(name: Functions.store.name, instanceID: "\(series)-\(index)", input: input),
                        reply: .completed,
                        ids: RequestIDs(messageID: "\(series)-\(index)", correlationID: "\(series).\(index)"))
                },
                body: { _ in length }))
    }

    /// Starts instances that then wait for an event, and returns when all of them do.
    ///
    /// - Returns: the series, for `raise`.
    func begin(_ name: String, count: Int, inFlight: Int) async throws -> String {
        let series = newSeries()
        _ = try await drive(
            LoadPlan(
                series: series, count: count, inFlight: inFlight, status: .accepted,
                message: start(name, series: series, mode: .both) { $0 }, body: { _ in nil }))
        return series
    }

    /// Raises an event at waiting instances with their index as value, and waits for their ends.
    func raise(_ event: String, in series: String, count: Int, inFlight: Int) async throws -> Latencies {
        let encoder = encoder
        return try await drive(
            LoadPlan(
                series: series, count: count, inFlight: inFlight,
                message: { index in
                    let command = RaiseCommand(
                        instanceID: "\(series)-\(index)", eventName: event, payload: Payload(json: String(index)))
                    return encoder.raise(
                        command, reply: .none,
                        ids: RequestIDs(messageID: "\(series)-e-\(index)", correlationID: "\(series)e.\(index)"))
                },
                body: { Array(String($0).utf8) }))
    }

    private func start(
        _ name: String, series: String, mode: ReplyAddress.Mode, input: @escaping @Sendable (Int) -> Int
    ) -> @Sendable (Int) -> OutboundMessage {
        let encoder = encoder
        return { index in
            let command = StartCommand(
                name: name, instanceID: "\(series)-\(index)", input: Payload(json: String(input(index))))
            return encoder.start(
                command, reply: mode,
                ids: RequestIDs(messageID: "\(series)-\(index)", correlationID: "\(series).\(index)"))
        }
    }
}
