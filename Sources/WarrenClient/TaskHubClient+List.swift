public import Warren
import WarrenMessaging

/// Lists instances.
extension TaskHubClient {
    /// One page of the instances that meet some conditions, in the query's order: newest first unless it says otherwise.
    ///
    /// Every partition of the hub is asked. Those that do not answer in time, because no host has them at the moment,
    /// are named in ``InstancePage/incomplete``, and the page is composed without them. One that stops answering in the
    /// middle of a page ends the page before the place where its next instance belongs, and is named, too.
    ///
    /// Inputs and outputs are included only if the query asks for them, and a page has about 8 MiB of them at the most:
    /// it may hold fewer instances than the limit, and ``InstancePage/next`` is set if there are more. So it is when hosts have
    /// looked through instances for two seconds without finding enough of them: the next page goes on from there.
    ///
    /// - Parameters:
    ///   - query: the conditions, the maximum number of instances, and the place to begin.
    ///   - timeout: the time to wait for the answers; the client's ``timeout`` if absent. A partition that has not
    ///     answered within it is not asked again for the same page.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if no partition answers; ``ClientError/Code/rejected`` if a
    ///   host has an older version that does not know a condition.
    public func list(_ query: InstanceQuery = .init(), timeout: Duration? = nil) async throws -> InstancePage {
        let limit = try checkedLimit(query)
        var merge = InstanceMerge(partitions: try await partitionCount(timeout: timeout), of: query)
        var instances: [OrchestrationStatus] = []
        var bytes = 0
        let end = ContinuousClock.now + Self.patience
        while instances.count < limit, bytes < Self.pageBytes {
            let missing = merge.missing.count
            try await fill(&merge, query, pageSize: limit, timeout: timeout, skipsMissing: true, until: end)
            // A partition that had answered may have more right here: going on without it would pass over that.
            if merge.missing.count > missing, let last = instances.last {
                return InstancePage(instances: instances, next: last.cursor(in: query), incomplete: merge.missing)
            }
            guard let next = merge.next() else {
                guard let place = merge.lookedThrough else { break }
                return InstancePage(instances: instances, next: place, incomplete: merge.missing)
            }
            instances.append(next)
            bytes += (next.input?.bytes.count ?? 0) + (next.output?.bytes.count ?? 0)
        }
        return InstancePage(
            instances: instances, next: merge.isAtEnd ? nil : instances.last?.cursor(in: query),
            incomplete: merge.missing)
    }

    /// All the instances that meet some conditions, in the query's order, fetched page by page on demand.
    ///
    /// The sequence is complete or throws: a partition that does not answer within the client's ``timeout`` ends it
    /// with ``ClientError/Code/timedOut``. ``list(_:timeout:)`` goes on without such a partition and names it.
    ///
    /// - Parameter query: the conditions and the place to begin; its `limit` is the size of a page.
    public func instances(matching query: InstanceQuery = .init()) -> InstanceList {
        InstanceList(client: self, query: query, skipsMissing: false)
    }

    /// The same without the partitions that do not answer: each is asked once, and the iterator names it.
    package func instancesOfAnswering(matching query: InstanceQuery) -> InstanceList {
        InstanceList(client: self, query: query, skipsMissing: true)
    }

    /// The size of payloads from which on a page is full, in bytes.
    private static let pageBytes = 8 << 20

    /// The time after which a page ends although partitions have more, because they find so little.
    private static let patience = Duration.seconds(2)

    /// The number of instances requested from each partition: its share of a page and some more, because shares are
    /// uneven. A partition that is used up is asked again.
    private static func share(of pageSize: Int, partitions: Int) -> Int {
        min(pageSize, max(20, pageSize / max(1, partitions) * 3 / 2 + 1))
    }

    /// Asks the partitions that have to be asked before the next instance of a merged listing is known, all at once.
    ///
    /// - Parameters:
    ///   - skipsMissing: whether partitions that do not answer in time are left out, and are no error.
    ///   - end: the time after which no partition is asked again that has answered with nothing, and may have more.
    /// - Throws: ``ClientError``: also if all partitions are left out before there was any instance.
    func fill(
        _ merge: inout InstanceMerge, _ query: InstanceQuery, pageSize: Int, timeout: Duration?, skipsMissing: Bool,
        until end: ContinuousClock.Instant? = nil
    ) async throws {
        // A page may be empty and not the last: conditions can be costly, and hosts may bound their effort.
        var isFirst = true
        while case let needed = merge.needed, !needed.isEmpty {
            if let end, !isFirst, merge.lookedThrough != nil, .now >= end { return }
            isFirst = false
            typealias Answer = (partition: Int, page: Result<InstanceListReply, ClientError>)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for (partition, after) in needed {
                    var question = query
                    question.after = after
                    question.limit = Self.share(of: pageSize, partitions: merge.partitions)
                    let ids = RequestIDs.random()
                    let message = messages.query(.list(question), partition: partition, ids: ids)
                    group.addTask { [self] in
                        do {
                            return (
                                partition, .success(try await ask(.list, message, ids, timeout: timeout).instances())
                            )
                        } catch let error as ClientError where skipsMissing && error.code == .timedOut {
                            return (partition, .failure(error))
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (partition, answer) in answers {
                switch answer {
                case .success(let page):
                    try check(page.applied, of: query, from: partition)
                    merge.add(page.instances, next: page.next, from: partition)
                case .failure(let error):
                    merge.leaveOut(partition)
                    if merge.missing.count == merge.partitions, !merge.hasReturned { throw error }
                }
            }
        }
    }

    /// Makes sure that the host has applied every condition: one of an older version ignores those that it does not
    /// know, and would answer with more than was asked for, in another order.
    func check(_ applied: [String]?, of query: InstanceQuery, from partition: Int) throws {
        let ignored = query.laterConditions.filter { applied?.contains($0) != true }
        guard !ignored.isEmpty else { return }
        let names = ignored.map { "'\($0)'" }.joined(separator: ", ")
        throw ClientError(
            .rejected,
            "The host of partition \(partition) has an older version, which does not know \(names). Update the host, or "
                + "list without it.")
    }

    func checkedLimit(_ query: InstanceQuery) throws -> Int {
        guard (1...1000).contains(query.limit) else {
            throw ClientError(.invalidArgument, "A listing's limit is 1 to 1000, not \(query.limit).")
        }
        return query.limit
    }
}
