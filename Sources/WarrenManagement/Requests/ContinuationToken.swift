#if HTTP
import Warren

/// The place where a listing continues, as text that fits into a header: `microseconds.id`, the ID percent-encoded; in a
/// listing by the last change `microseconds_microseconds.id`, the time of that change second.
struct ContinuationToken {
    static let header = "x-ms-continuation-token"

    let cursor: InstanceQuery.Cursor

    init(_ cursor: InstanceQuery.Cursor) {
        self.cursor = cursor
    }

    /// - Throws: `ManagementError` for a text that is no such token.
    init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        let times = (parts.first ?? "").split(separator: "_", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, times.count <= 2, let time = times.first ?? nil, let updated = times.last ?? nil,
            let id = parts.last?.urlDecoded(), !id.isEmpty, id.utf8.count <= 1024
        else { throw ManagementError(argument: "The header '\(Self.header)' has no token that a response gave.") }
        cursor = InstanceQuery.Cursor(
            createdAt: Timestamp(microseconds: time), instanceID: id,
            lastUpdatedAt: times.count == 2 ? Timestamp(microseconds: updated) : nil)
    }

    var text: String {
        let updated = cursor.lastUpdatedAt.map { "_\($0.microseconds)" } ?? ""
        return "\(cursor.createdAt.microseconds)\(updated).\(cursor.instanceID.urlEncoded)"
    }
}
#endif
