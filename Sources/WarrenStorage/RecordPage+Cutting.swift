public import Warren

extension RecordPage {
    /// A page of ordered rows, of which there may be more than the query allows.
    public init(_ rows: [InstanceRecord], of query: InstanceQuery) {
        guard rows.count > query.pageLimit else {
            self.init(instances: rows)
            return
        }
        let instances = Array(rows.prefix(query.pageLimit))
        self.init(instances: instances, next: instances.last.map(query.cursor))
    }
}

extension InstanceQuery {
    /// The size of a page in instances: 1 to 1000.
    var pageLimit: Int { min(max(limit, 1), 1_000) }

    /// The place after an instance.
    func cursor(_ record: InstanceRecord) -> Cursor {
        cursor(createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt, instanceID: record.instanceID)
    }

    /// Whether an instance comes before another one in the order of this listing.
    public func isListedBefore(_ left: InstanceRecord, _ right: InstanceRecord) -> Bool {
        isListedBefore(
            (left.createdAt, left.lastUpdatedAt, left.instanceID),
            (right.createdAt, right.lastUpdatedAt, right.instanceID))
    }
}
