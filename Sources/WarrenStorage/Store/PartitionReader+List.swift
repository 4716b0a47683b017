import Warren

/// Lists instances page by page.
extension PartitionReader {
    func list(_ query: InstanceQuery) throws(StorageError) -> RecordPage {
        if query.possibleStatuses?.isEmpty == true { return RecordPage() }
        let index = try index(of: query)
        guard index == .status, let statuses = query.possibleStatuses else {
            return RecordPage(try rows(query, index: index, status: nil), of: query)
        }
        // The index is ordered within one status: one walk for each, all on the same snapshot, then merged.
        let found = try connection.readTransaction { () throws(StorageError) in
            var found: [InstanceRecord] = []
            for status in RuntimeStatus.allCases where statuses.contains(status) {
                found += try rows(query, index: index, status: status)
            }
            return found
        }
        return RecordPage(found.sorted(by: query.isListedBefore), of: query)
    }

    /// Chooses the index.
    ///
    /// With m matches among n instances, a page of k costs m rows where they are sorted, and about kn/m rows where the
    /// instances are read in order until it is full; the next page continues there, so that all pages together read
    /// every instance once. The two are equal at m² = kn. Without this bound, paging through m matches would read m²/k
    /// rows.
    ///
    /// A listing by waiting reads and sorts all the open instances that match, whatever the index: the rule holds there
    /// as well, but for what an ordered walk would save.
    func index(of query: InstanceQuery) throws(StorageError) -> ListingIndex {
        let sorting = ListingIndex.sorting(query)
        guard !sorting.isEmpty else { return ListingIndex(inOrder: query) }
        let bound = (Double(query.pageLimit) * Double(try instanceCount())).squareRoot()
        for index in sorting where try !hasMatches(query, by: index, moreThan: Int(bound)) { return index }
        return ListingIndex(inOrder: query)
    }

    /// The number of instances, as commits count them.
    func instanceCount() throws(StorageError) -> Int {
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
        _ query: InstanceQuery, by index: ListingIndex, moreThan bound: Int
    ) throws(StorageError) -> Bool {
        guard let sql = index.probe else { return false }
        let statement: Statement
        if let known = probes[index] {
            statement = known
        } else {
            statement = try connection.prepare(sql)
            probes[index] = statement
        }
        if index == .tag {
            statement.bind(1, query.tag?.key)
            statement.bind(2, query.tag?.value)
        } else if index == .parent {
            statement.bind(1, query.parentID)
        } else if let prefix = query.idPrefix.map({ Array($0.utf8) }) {
            statement.bind(1, utf8: prefix)
            statement.bind(2, utf8: prefix.followingPrefix)
        }
        statement.bind(3, bound)
        return try statement.first { (_) throws(StorageError) in true } ?? false
    }

    /// Reads one row more than the page has, to know whether it is the last.
    private func rows(
        _ query: InstanceQuery, index: ListingIndex, status: RuntimeStatus?
    ) throws(StorageError) -> [InstanceRecord] {
        let statement = try listing(Listing(index: index, order: query.order))
        bind(query, index: index, status: status, to: statement)
        var found: [InstanceRecord] = []
        try statement.forEach { (row) throws(StorageError) in found.append(try InstanceColumns.read(row, tags: tags)) }
        return found
    }

    /// Binds the parameters of a listing but ?13 and ?14.
    func bind(_ query: InstanceQuery, index: ListingIndex, status: RuntimeStatus?, to statement: Statement) {
        let isNewestFirst = query.order == .newest
        let place = isNewestFirst ? query.after?.createdAt : query.after?.lastUpdatedAt
        let created = query.createdTo?.microseconds ?? .max
        let updated = query.updatedFrom?.microseconds ?? .min
        statement.bind(1, query.createdFrom?.microseconds ?? .min)
        statement.bind(2, isNewestFirst ? min(created, place?.microseconds ?? .max) : created)
        statement.bind(3, place)
        statement.bind(4, query.after?.instanceID)
        statement.bind(5, query.name)
        statement.bind(6, status?.rawValue)
        let statuses = index == .status ? nil : query.possibleStatuses
        statement.bind(7, statuses.map { "|" + $0.map(\.rawValue).joined(separator: "|") + "|" })
        if let prefix = query.idPrefix.map({ Array($0.utf8) }), let bound = prefix.followingPrefix {
            statement.bind(8, utf8: prefix)
            statement.bind(9, utf8: bound)
        }
        statement.bind(10, query.tag?.key)
        statement.bind(11, query.tag?.value)
        statement.bind(12, query.pageLimit + 1)
        statement.bind(15, isNewestFirst ? updated : max(updated, place?.microseconds ?? .min))
        statement.bind(16, query.updatedTo?.microseconds ?? .max)
        let event = query.waitsFor.flatMap { $0.isAboutEvents ? $0 : nil }
        statement.bind(17, event == nil ? nil : 1)
        statement.bind(18, event?.name)
        statement.bind(19, query.parentID)
        statement.bind(20, blob: query.withInput?.bytes)
        statement.bind(21, query.version)
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
