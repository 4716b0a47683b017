import Warren

extension RecordPage {
    /// A page of ordered rows, of which there may be more than fit.
    init(_ rows: [InstanceRecord], limit: Int) {
        guard rows.count > limit else {
            self.init(instances: rows)
            return
        }
        let instances = Array(rows.prefix(limit))
        let last = instances[limit - 1]
        self.init(
            instances: instances,
            next: InstanceQuery.Cursor(createdAt: last.createdAt, instanceID: last.instanceID))
    }
}

extension InstanceQuery {
    /// The size of a page in instances: 1 to 1000.
    var pageLimit: Int { min(max(limit, 1), 1_000) }
}

extension InstanceRecord {
    /// The order of listings: newest first, then by ID, both descending. IDs compare as bytes, as SQLite does, because
    /// Swift's order of strings is that of their normal forms.
    static func isListedBefore(_ left: InstanceRecord, _ right: InstanceRecord) -> Bool {
        if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
        return right.instanceID.utf8.lexicographicallyPrecedes(left.instanceID.utf8)
    }
}
