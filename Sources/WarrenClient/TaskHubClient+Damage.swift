package import WarrenMessaging

/// Asks for the rows that partitions have set aside because they could not be read.
extension TaskHubClient {
    /// The rows that a partition has set aside: all of them counted, the newest included.
    package func damagedRows(of partition: Int, timeout: Duration? = nil) async throws -> DamagedRowsReply {
        let ids = RequestIDs.random()
        let question = messages.query(.damaged, partition: partition, ids: ids)
        return try await ask(.describe, question, ids, timeout: timeout).damagedRows()
    }

    /// The same of all partitions, which are asked at once, in their order: what each said, or why it said nothing.
    ///
    /// - Throws: `CancellationError`.
    package func damagedRows(
        partitions: Int, timeout: Duration? = nil
    ) async throws -> [Result<DamagedRowsReply, ClientError>] {
        try await withThrowingTaskGroup(of: (Int, Result<DamagedRowsReply, ClientError>).self) { group in
            for partition in 0..<partitions {
                group.addTask { [self] in
                    do {
                        return (partition, .success(try await damagedRows(of: partition, timeout: timeout)))
                    } catch let error as ClientError {
                        return (partition, .failure(error))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
