import Warren

/// The index that a listing uses; the other conditions are tested row by row.
///
/// It is chosen here and named in the SQL: without statistics of the data SQLite can only guess, and a wrong guess
/// reads the whole partition for one page.
enum ListingOrder: Hashable {
    case created, name, status, idPrefix, tag

    /// The indexes for a query that are not in the order of listings, the most selective first. For each page all
    /// matches are read and sorted, so they are useful only where matches are few; see `PartitionReader.order(of:)`.
    static func sorting(_ query: InstanceQuery) -> [ListingOrder] {
        (query.tag != nil ? [.tag] : []) + (query.idPrefix?.isEmpty == false ? [.idPrefix] : [])
    }

    /// The most selective index in the order of listings: a page ends where it is full, and the next one continues
    /// there.
    init(inOrder query: InstanceQuery) {
        if query.name != nil, query.statuses.isEmpty || query.statuses.contains(.completed) {
            self = .name
        } else if !query.statuses.isEmpty {
            // Used also with a name: few instances of a partition are open or have failed.
            self = .status
        } else {
            self = .created
        }
    }

    /// Parameters: ?1 and ?2 creation time from and to; ?3 and ?4 the cursor; ?5 name; ?6 one status; ?7 statuses, each
    /// between bars; ?8 and ?9 ID from and below; ?10 and ?11 tag; ?12 limit. NULL means no condition.
    var sql: String { sql(columns: InstanceColumns.list) }

    /// The SQL with other columns of `instances i LEFT JOIN inputs n`.
    func sql(columns: String) -> String {
        switch self {
        case .created:
            """
            SELECT \(columns)
            FROM instances i INDEXED BY instances_by_created LEFT JOIN inputs n ON n.instance = i.key
            WHERE \(Self.conditions)
            """
        case .name:
            """
            SELECT \(columns)
            FROM instances i INDEXED BY instances_by_name LEFT JOIN inputs n ON n.instance = i.key
            WHERE i.name = ?5 AND \(Self.conditions)
            """
        case .status:
            """
            SELECT \(columns)
            FROM instances i INDEXED BY instances_by_status LEFT JOIN inputs n ON n.instance = i.key
            WHERE i.status = ?6 AND \(Self.conditions)
            """
        case .idPrefix:
            """
            SELECT \(columns)
            FROM instances i INDEXED BY instances_by_id LEFT JOIN inputs n ON n.instance = i.key
            WHERE i.instance_id >= ?8 AND i.instance_id < ?9 AND \(Self.conditions)
            """
        case .tag:
            """
            SELECT \(columns)
            FROM tags t INDEXED BY tags_by_value
            CROSS JOIN instances i ON i.key = t.instance
            LEFT JOIN inputs n ON n.instance = i.key
            WHERE t.key = ?10 AND t.value = ?11 AND \(Self.conditions)
            """
        }
    }

    /// SQL that returns a row if there are more than ?3 matches; only the index is read. `nil` for an index that is in
    /// order.
    var probe: String? {
        switch self {
        case .created, .name, .status: nil
        case .idPrefix:
            """
            SELECT 1 FROM instances INDEXED BY instances_by_id WHERE instance_id >= ?1 AND instance_id < ?2
            LIMIT 1 OFFSET ?3
            """
        case .tag:
            "SELECT 1 FROM tags INDEXED BY tags_by_value WHERE key = ?1 AND value = ?2 LIMIT 1 OFFSET ?3"
        }
    }

    private static let conditions = """
        i.created_at BETWEEN ?1 AND ?2
            AND (?3 IS NULL OR i.created_at < ?3 OR i.instance_id < ?4)
            AND (?5 IS NULL OR i.name = ?5)
            AND (?7 IS NULL OR instr(?7, '|' || i.status || '|') > 0)
            AND (?8 IS NULL OR (i.instance_id >= ?8 AND i.instance_id < ?9))
            AND (?10 IS NULL OR EXISTS (
                SELECT 1 FROM tags o INDEXED BY tags_of_instance
                WHERE o.instance = i.key AND o.key = ?10 AND o.value = ?11))
        ORDER BY i.created_at DESC, i.instance_id DESC
        LIMIT ?12
        """
}
