import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Lists instances with what they wait for.
extension QueryReader {
    /// The share of reading that the instances of a page have together, to find what they wait for.
    private struct Share {
        static let episodes = 2000
        var episodes = Self.episodes
        var bytes = QueryReader.readBytes

        func covers(_ record: InstanceRecord) -> Bool { record.episodes <= episodes && bytes > 0 }
    }

    func list(_ query: InstanceQuery) throws -> InstanceListReply {
        if let condition = query.waitsFor, !condition.isAboutEvents { return try list(query, waitingFor: condition) }
        let page = try store.summaries(query, bytes: Self.pageBytes)
        var share = Share()
        return InstanceListReply(
            instances: try page.instances.map { try listed($0, query, &share) }, next: page.next,
            applied: query.laterConditions)
    }

    /// Lists the instances with a history that says that they wait for something.
    ///
    /// Rows are read in the order of the listing until the page is full, or its share of reading is used up: the page
    /// then ends with the last instance that was looked at, and may be empty. An instance with a history longer than the
    /// whole share is listed, because it may be the one that is looked for.
    private func list(_ query: InstanceQuery, waitingFor condition: WaitCondition) throws -> InstanceListReply {
        var share = Share()
        var found: [OrchestrationStatus] = []
        var bytes = 0
        var looked: InstanceQuery.Cursor?
        func reply(next: InstanceQuery.Cursor?) -> InstanceListReply {
            InstanceListReply(instances: found, next: next, applied: query.laterConditions)
        }
        var candidates = query
        while true {
            let page = try store.summaries(candidates, bytes: Self.pageBytes)
            for record in page.instances {
                if let looked, found.count >= query.limit || bytes >= Self.pageBytes || !share.covers(record) {
                    return reply(next: looked)
                }
                let status = try listed(record, query, &share)
                // Looking at an instance without a history is work as well.
                share.episodes -= 1
                looked = query.cursor(
                    createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt, instanceID: record.instanceID)
                guard status.omitted?.contains("openTasks") == true || status.waits.contains(where: condition.isMet)
                else { continue }
                found.append(status)
                bytes += [status.input, status.output, status.customStatus].reduce(512) { $0 + ($1?.bytes.count ?? 0) }
            }
            guard let next = page.next else { return reply(next: nil) }
            candidates.after = next
        }
    }

    /// Builds the status of a listed instance, without the payloads that the query does not ask for.
    private func listed(
        _ record: InstanceRecord, _ query: InstanceQuery, _ share: inout Share
    ) throws -> OrchestrationStatus {
        var status = setup.wire.status(of: record, waits: OpenWaits(of: record))
        if !query.includeInput { status.input = nil }
        if !query.includeOutput { status.output = nil }
        if !record.status.isTerminal {
            do {
                if let waits = try waits(of: record, &share) {
                    status.show(waits)
                } else {
                    status.omitted = ["openTasks"]
                }
            } catch let error as StorageError where error.reach == .unit {
                report(record.key)
                status.omitted = ["openTasks"]
            }
        }
        return fitting(status)
    }

    /// Returns what a listed instance waits for, until the page's share of reading is used up; `nil` after that.
    private func waits(of record: InstanceRecord, _ share: inout Share) throws -> OpenWaits? {
        guard record.episodes > 0 else { return OpenWaits(of: record) }
        guard share.covers(record) else { return nil }
        guard let view = try store.view(of: record.instanceID, from: 0, bytes: share.bytes) else { return OpenWaits() }
        share.episodes -= view.episodes.count
        share.bytes -= view.episodes.reduce(0) { $0 + $1.count }
        // The instance has continued as new since the page was read: the page is not about what it waits for now.
        guard view.record.executionID == record.executionID else { return OpenWaits() }
        return view.hasMore ? nil : try waits(of: view, bytes: 0)
    }
}
