import Warren

/// Lists instances page by page.
extension PartitionReader {
    func list(_ query: InstanceQuery) throws(StorageError) -> RecordPage {
        let order = try order(of: query)
        guard order == .status else {
            return RecordPage(try rows(query, order: order, status: nil), limit: query.pageLimit)
        }
        // The index is ordered within one status: one walk for each, all on the same snapshot, then merged.
        let found = try connection.readTransaction { () throws(StorageError) in
            var found: [InstanceRecord] = []
            for status in RuntimeStatus.allCases where query.statuses.contains(status) {
                found += try rows(query, order: order, status: status)
            }
            return found
        }
        return RecordPage(found.sorted(by: InstanceRecord.isListedBefore), limit: query.pageLimit)
    }

    /// Chooses the index.
    ///
    /// With m matches among n instances, a page of k costs m rows where they are sorted, and about kn/m rows where the
    /// instances are read in order until it is full; the next page continues there, so that all pages together read
    /// every instance once. The two are equal at m² = kn. Without this bound, paging through m matches would read m²/k
    /// rows.
    func order(of query: InstanceQuery) throws(StorageError) -> ListingOrder {
        let sorting = ListingOrder.sorting(query)
        guard !sorting.isEmpty else { return ListingOrder(inOrder: query) }
        let bound = (Double(query.pageLimit) * Double(try instanceCount())).squareRoot()
        for order in sorting where try !hasMatches(query, by: order, moreThan: Int(bound)) { return order }
        return ListingOrder(inOrder: query)
    }

    private func instanceCount() throws(StorageError) -> Int {
        let statement: Statement
        if let known = instanceCounting {
            statement = known
        } else {
            statement = try connection.prepare("SELECT max(0, instance_count) FROM header WHERE id = 1")
            instanceCounting = statement
        }
        return try statement.first { (row) throws(StorageError) in row.int(0) } ?? 0
    }

    private func hasMatches(
        _ query: InstanceQuery, by order: ListingOrder, moreThan bound: Int
    ) throws(StorageError) -> Bool {
        guard let sql = order.probe else { return false }
        let statement: Statement
        if let known = probes[order] {
            statement = known
        } else {
            statement = try connection.prepare(sql)
            probes[order] = statement
        }
        if order == .tag {
            statement.bind(1, query.tag?.key)
            statement.bind(2, query.tag?.value)
        } else if let prefix = query.idPrefix.map({ Array($0.utf8) }) {
            statement.bind(1, utf8: prefix)
            statement.bind(2, utf8: prefix.followingPrefix)
        }
        statement.bind(3, bound)
        return try statement.first { (_) throws(StorageError) in true } ?? false
    }

    /// Reads one row more than the page has, to know whether it is the last.
    private func rows(
        _ query: InstanceQuery, order: ListingOrder, status: RuntimeStatus?
    ) throws(StorageError) -> [InstanceRecord] {
        let statement = try listing(order)
        bind(query, order: order, status: status, to: statement)
        var found: [InstanceRecord] = []
        try statement.forEach { (row) throws(StorageError) in found.append(try InstanceColumns.read(row, tags: tags)) }
        return found
    }

    /// Binds parameters 1 to 12 of a listing.
    func bind(_ query: InstanceQuery, order: ListingOrder, status: RuntimeStatus?, to statement: Statement) {
        let last = min(query.createdTo?.microseconds ?? .max, query.after?.createdAt.microseconds ?? .max)
        statement.bind(1, query.createdFrom?.microseconds ?? .min)
        statement.bind(2, last)
        statement.bind(3, query.after?.createdAt)
        statement.bind(4, query.after?.instanceID)
        statement.bind(5, query.name)
        statement.bind(6, status?.rawValue)
        let statuses = order == .status || query.statuses.isEmpty ? nil : query.statuses
        statement.bind(7, statuses.map { "|" + $0.map(\.rawValue).joined(separator: "|") + "|" })
        if let prefix = query.idPrefix.map({ Array($0.utf8) }), let bound = prefix.followingPrefix {
            statement.bind(8, utf8: prefix)
            statement.bind(9, utf8: bound)
        }
        statement.bind(10, query.tag?.key)
        statement.bind(11, query.tag?.value)
        statement.bind(12, query.pageLimit + 1)
    }
}

extension [UInt8] {
    /// The least bytes greater than all that begin with these; `nil` for none. A range is used instead of LIKE: there
    /// is nothing to escape, and case counts. UTF-8 has no byte 0xFF, so the last one can be raised.
    fileprivate var followingPrefix: [UInt8]? {
        guard let last else { return nil }
        return dropLast() + [last + 1]
    }
}
