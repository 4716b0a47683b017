import Warren

/// The index that a listing uses; the other conditions are tested row by row.
///
/// It is chosen here and named in the SQL: without statistics of the data SQLite can only guess, and a wrong guess
/// reads the whole partition for one page.
enum ListingIndex: Hashable {
    case created, name, status, idPrefix, tag, parent

    /// The indexes for a query that are not in the order of listings, the most selective first. For each page all
    /// matches are read and sorted, so they are useful only where matches are few; see `PartitionReader.order(of:)`.
    static func sorting(_ query: InstanceQuery) -> [ListingIndex] {
        (query.parentID != nil ? [.parent] : []) + (query.tag != nil ? [.tag] : [])
            + (query.idPrefix?.isEmpty == false ? [.idPrefix] : [])
    }

    /// The most selective index in the order of listings: a page ends where it is full, and the next one continues
    /// there.
    ///
    /// No index is in the order of waiting: its entry would be written in every step of every instance. That order is
    /// for open instances, of which all that match are read and sorted for each page.
    init(inOrder query: InstanceQuery) {
        let statuses = query.possibleStatuses ?? []
        if query.order == .newest, query.name != nil, statuses.isEmpty || statuses.contains(.completed) {
            self = .name
        } else if !statuses.isEmpty {
            // Used also with a name: few instances of a partition are open or have failed.
            self = .status
        } else {
            self = .created
        }
    }

    /// The SQL of a listing with columns of `instances i LEFT JOIN inputs n`.
    ///
    /// Parameters: ?1 and ?2 creation time from and to; ?3 and ?4 the cursor; ?5 name; ?6 one status; ?7 statuses, each
    /// between bars; ?8 and ?9 ID from and below; ?10 and ?11 tag; ?12 limit; ?15 and ?16 time of the last change from
    /// and to; ?17 whether it must wait for an event, and ?18 the name of that; ?19 parent; ?20 input; ?21 version. NULL
    /// means no condition.
    /// Entities, which have IDs that begin with `@`, are listed only with a beginning of the ID.
    func sql(columns: String, order: InstanceQuery.Order) -> String {
        let source =
            switch self {
            case .created: "instances i INDEXED BY instances_by_created LEFT JOIN inputs n ON n.instance = i.key"
            case .name: "instances i INDEXED BY instances_by_name LEFT JOIN inputs n ON n.instance = i.key"
            case .status: "instances i INDEXED BY instances_by_status LEFT JOIN inputs n ON n.instance = i.key"
            case .idPrefix: "instances i INDEXED BY instances_by_id LEFT JOIN inputs n ON n.instance = i.key"
            case .parent: "instances i INDEXED BY instances_by_parent LEFT JOIN inputs n ON n.instance = i.key"
            case .tag:
                """
                tags t INDEXED BY tags_by_value
                CROSS JOIN instances i ON i.key = t.instance
                LEFT JOIN inputs n ON n.instance = i.key
                """
            }
        let range =
            switch self {
            case .created: ""
            case .name: "i.name = ?5 AND "
            case .status: "i.status = ?6 AND "
            case .idPrefix: "i.instance_id >= ?8 AND i.instance_id < ?9 AND "
            case .parent: "i.parent_instance_id = ?19 AND "
            case .tag: "t.key = ?10 AND t.value = ?11 AND "
            }
        return """
            SELECT \(columns)
            FROM \(source)
            WHERE \(range)\(Self.conditions)
                AND \(Self.place(order))
            LIMIT ?12
            """
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
        case .parent:
            "SELECT 1 FROM instances INDEXED BY instances_by_parent WHERE parent_instance_id = ?1 LIMIT 1 OFFSET ?3"
        case .tag:
            "SELECT 1 FROM tags INDEXED BY tags_by_value WHERE key = ?1 AND value = ?2 LIMIT 1 OFFSET ?3"
        }
    }

    private static let conditions = """
        i.created_at BETWEEN ?1 AND ?2
            AND i.last_updated_at BETWEEN ?15 AND ?16
            AND (?5 IS NULL OR i.name = ?5)
            AND (?7 IS NULL OR instr(?7, '|' || i.status || '|') > 0)
            AND (?8 IS NULL OR (i.instance_id >= ?8 AND i.instance_id < ?9))
            AND (?8 IS NOT NULL OR i.instance_id < '@' OR i.instance_id >= 'A')
            AND (?10 IS NULL OR EXISTS (
                SELECT 1 FROM tags o INDEXED BY tags_of_instance
                WHERE o.instance = i.key AND o.key = ?10 AND o.value = ?11))
            AND (?19 IS NULL OR i.parent_instance_id = ?19)
            AND (?20 IS NULL OR same_json(n.input, ?20))
            AND (?21 IS NULL OR i.version = ?21)
            AND (?17 IS NULL OR waits_for_event(i.event_waits, ?18))
        """

    /// The place after which a page begins, and the order. Instances before the cursor's time are excluded by the range
    /// of that time; see `PartitionReader.bind`.
    private static func place(_ order: InstanceQuery.Order) -> String {
        switch order {
        case .newest:
            """
            (?3 IS NULL OR i.created_at < ?3 OR i.instance_id < ?4)
            ORDER BY i.created_at DESC, i.instance_id DESC
            """
        case .longestWaiting:
            """
            (?3 IS NULL OR i.last_updated_at > ?3 OR i.instance_id > ?4)
            ORDER BY i.last_updated_at, i.instance_id
            """
        }
    }
}
