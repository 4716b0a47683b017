public import Warren

/// A listing over all pages and partitions: newest first.
public struct InstanceList: AsyncSequence, Sendable {
    /// One instance.
    public typealias Element = OrchestrationStatus

    let client: TaskHubClient
    let query: InstanceQuery

    /// Begins at the query's place.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: client, query: query)
    }

    /// Iterates over a listing. Instances that start meanwhile are newer than its beginning and do not appear.
    public struct Iterator: AsyncIteratorProtocol {
        private let client: TaskHubClient
        private let query: InstanceQuery
        private var merge: InstanceMerge?

        init(client: TaskHubClient, query: InstanceQuery) {
            self.client = client
            self.query = query
        }

        /// The next instance; `nil` at the end. Requests a page of a partition when its last one is used up.
        public mutating func next() async throws -> OrchestrationStatus? {
            let pageSize = try client.checkedLimit(query)
            var merge =
                if let merge { merge } else {
                    InstanceMerge(partitions: try await client.partitionCount(), after: query.after)
                }
            let next = try await client.next(of: &merge, query, pageSize: pageSize, timeout: nil)
            self.merge = merge
            return next
        }
    }
}
