import Warren

/// Listings, page by page.
extension PartitionReader {
    func list(_ query: InstanceQuery) throws(StorageError) -> InstancePage {
        let order = ListingOrder(query)
        guard order == .status else {
            return InstancePage(try rows(query, order: order, status: nil), limit: query.pageLimit)
        }
        // The index is ordered within one status: one walk for each, all on the same snapshot, then merged.
        let found = try connection.readTransaction { () throws(StorageError) in
            var found: [InstanceRecord] = []
            for status in RuntimeStatus.allCases where query.statuses.contains(status) {
                found += try rows(query, order: order, status: status)
            }
            return found
        }
        return InstancePage(found.sorted(by: InstanceRecord.isListedBefore), limit: query.pageLimit)
    }

    /// One row more than the page has, to know whether it is the last.
    private func rows(
        _ query: InstanceQuery, order: ListingOrder, status: RuntimeStatus?
    ) throws(StorageError) -> [InstanceRecord] {
        let statement = try listing(order)
        bind(query, order: order, status: status, to: statement)
        var found: [InstanceRecord] = []
        try statement.forEach { (row) throws(StorageError) in found.append(try InstanceColumns.read(row, tags: tags)) }
        return found
    }

    /// Parameters 1 to 12 of a listing.
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
    /// The least bytes greater than all that begin with these; `nil` for none. A range instead of LIKE: there is nothing
    /// to escape, and case counts. UTF-8 has no byte 0xFF, so the last one can be raised.
    fileprivate var followingPrefix: [UInt8]? {
        guard let last else { return nil }
        return dropLast() + [last + 1]
    }
}
