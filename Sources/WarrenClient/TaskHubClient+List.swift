public import Warren
import WarrenMessaging

/// Lists instances.
extension TaskHubClient {
    /// One page of the instances that meet some conditions, newest first.
    ///
    /// Every partition of the hub is asked, so all its hosts have to be running. Inputs and outputs are included only
    /// if the query asks for them, and a page has about 8 MiB of them at the most: it may hold fewer instances than the
    /// limit, and ``InstancePage/next`` is set if there are more.
    ///
    /// - Parameters:
    ///   - query: the conditions, the maximum number of instances, and the place to begin.
    ///   - timeout: the time to wait for the answers; the client's ``timeout`` if absent.
    /// - Throws: ``ClientError``.
    public func list(_ query: InstanceQuery = .init(), timeout: Duration? = nil) async throws -> InstancePage {
        let limit = try checkedLimit(query)
        var merge = InstanceMerge(partitions: try await partitionCount(timeout: timeout), after: query.after)
        var instances: [OrchestrationStatus] = []
        var bytes = 0
        while instances.count < limit, bytes < Self.pageBytes {
            guard let next = try await next(of: &merge, query, pageSize: limit, timeout: timeout) else { break }
            instances.append(next)
            bytes += (next.input?.bytes.count ?? 0) + (next.output?.bytes.count ?? 0)
        }
        return InstancePage(instances: instances, next: merge.isAtEnd ? nil : instances.last?.cursor)
    }

    /// All the instances that meet some conditions, newest first, fetched page by page on demand.
    ///
    /// - Parameter query: the conditions and the place to begin; its `limit` is the size of a page.
    public func instances(matching query: InstanceQuery = .init()) -> InstanceList {
        InstanceList(client: self, query: query)
    }

    /// The size of payloads from which on a page is full, in bytes.
    private static let pageBytes = 8 << 20

    /// The number of instances requested from each partition: its share of a page and some more, because shares are
    /// uneven. A partition that is used up is asked again.
    private static func share(of pageSize: Int, partitions: Int) -> Int {
        min(pageSize, max(20, pageSize / max(1, partitions) * 3 / 2 + 1))
    }

    /// The next instance of a merged listing; asks the partitions that have to be asked first, all at once.
    func next(
        of merge: inout InstanceMerge, _ query: InstanceQuery, pageSize: Int, timeout: Duration?
    ) async throws -> OrchestrationStatus? {
        // A page may be empty and not the last: conditions can be costly, and hosts may bound their effort.
        while case let needed = merge.needed, !needed.isEmpty {
            let pages = try await withThrowingTaskGroup(of: (Int, InstanceListReply).self) { group in
                for (partition, after) in needed {
                    var question = query
                    question.after = after
                    question.limit = Self.share(of: pageSize, partitions: merge.partitions)
                    let ids = RequestIDs.random()
                    let message = messages.query(.list(question), partition: partition, ids: ids)
                    group.addTask { [self] in
                        (partition, try await ask(message, ids, timeout: timeout).instances())
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (partition, page) in pages { merge.add(page.instances, next: page.next, from: partition) }
        }
        return merge.next()
    }

    func checkedLimit(_ query: InstanceQuery) throws -> Int {
        guard (1...1000).contains(query.limit) else {
            throw ClientError(.invalidArgument, "A listing's limit is 1 to 1000, not \(query.limit).")
        }
        return query.limit
    }
}
