public import Warren

/// A listing over all pages and partitions, in the query's order. It is complete, or ends with an error.
public struct InstanceList: AsyncSequence, Sendable {
    /// One instance.
    public typealias Element = OrchestrationStatus

    let client: TaskHubClient
    let query: InstanceQuery
    /// Whether partitions that do not answer are left out.
    let skipsMissing: Bool

    /// Begins at the query's place.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: client, query: query, skipsMissing: skipsMissing)
    }

    /// Iterates over a listing. Instances that start meanwhile are newer than its beginning and do not appear.
    public struct Iterator: AsyncIteratorProtocol {
        private let client: TaskHubClient
        private let query: InstanceQuery
        private let skipsMissing: Bool
        private var merge: InstanceMerge?

        init(client: TaskHubClient, query: InstanceQuery, skipsMissing: Bool) {
            self.client = client
            self.query = query
            self.skipsMissing = skipsMissing
        }

        /// The partitions that were left out so far because they did not answer, ascending.
        package var incomplete: [Int] { merge?.missing ?? [] }

        /// The next instance; `nil` at the end. Requests a page of a partition when its last one is used up.
        public mutating func next() async throws -> OrchestrationStatus? {
            let pageSize = try client.checkedLimit(query)
            var merge =
                if let merge { merge } else {
                    InstanceMerge(partitions: try await client.partitionCount(), of: query)
                }
            try await client.fill(&merge, query, pageSize: pageSize, timeout: nil, skipsMissing: skipsMissing)
            let next = merge.next()
            self.merge = merge
            return next
        }
    }
}
