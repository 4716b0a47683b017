import Warren

/// Which index a listing walks; the other conditions are tested row by row.
///
/// Chosen by us and named in the SQL: without statistics of the data SQLite can only guess, and a wrong guess reads the
/// whole partition for one page.
enum ListingOrder: Hashable {
    case created, name, status, idPrefix, tag

    /// The most selective index first.
    init(_ query: InstanceQuery) {
        if query.tag != nil {
            self = .tag
        } else if query.idPrefix?.isEmpty == false {
            self = .idPrefix
        } else if query.name != nil, query.statuses.isEmpty || query.statuses.contains(.completed) {
            self = .name
        } else if !query.statuses.isEmpty {
            // With a name as well: few instances of a partition are open or have failed.
            self = .status
        } else {
            self = .created
        }
    }

    /// Parameters: ?1 and ?2 creation time from and to; ?3 and ?4 the cursor; ?5 name; ?6 one status; ?7 statuses, each
    /// between bars; ?8 and ?9 ID from and below; ?10 and ?11 tag; ?12 limit. NULL where there is no condition.
    var sql: String { sql(columns: InstanceColumns.list) }

    /// The same with other columns of `instances i LEFT JOIN inputs n`.
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
