#if HTTP
import Warren
import WarrenSupport

/// The place where a listing of `/api/v1` continues, as text for a query: `created.id`, or in a listing by waiting
/// `created_updated.id`; times in microseconds, the ID percent-encoded.
struct PageToken {
    let cursor: InstanceQuery.Cursor

    init(_ cursor: InstanceQuery.Cursor) {
        self.cursor = cursor
    }

    /// Reads a text; `nil` if it is no such token, or one of a listing in another order.
    init?(_ text: String, in order: InstanceQuery.Order) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let id = parts.last?.urlDecoded(), !id.isEmpty, id.utf8.count <= 1024,
            let times = parts.first?.split(separator: "_").map({ Int64($0) }), let created = times.first ?? nil
        else { return nil }
        var cursor = InstanceQuery.Cursor(createdAt: Timestamp(microseconds: created), instanceID: id)
        switch order {
        case .newest: guard times.count == 1 else { return nil }
        case .longestWaiting:
            guard times.count == 2, let updated = times.last ?? nil else { return nil }
            cursor.lastUpdatedAt = Timestamp(microseconds: updated)
        }
        self.cursor = cursor
    }

    var text: String {
        let updated = cursor.lastUpdatedAt.map { "_\($0.microseconds)" } ?? ""
        return "\(cursor.createdAt.microseconds)\(updated).\(cursor.instanceID.urlEncoded)"
    }
}
#endif
