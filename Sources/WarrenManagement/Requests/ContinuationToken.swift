#if HTTP
import Warren

/// The place where a listing continues, as text that fits into a header: `microseconds.id`, the ID percent-encoded.
struct ContinuationToken {
    static let header = "x-ms-continuation-token"

    let cursor: InstanceQuery.Cursor

    init(_ cursor: InstanceQuery.Cursor) {
        self.cursor = cursor
    }

    /// - Throws: `ManagementError` for a text that is no such token.
    init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = parts.first.flatMap({ Int64($0) }), let id = parts.last?.urlDecoded(),
            !id.isEmpty,
            id.utf8.count <= 1024
        else { throw ManagementError(argument: "The header '\(Self.header)' has no token that a response gave.") }
        cursor = InstanceQuery.Cursor(createdAt: Timestamp(microseconds: time), instanceID: id)
    }

    var text: String { "\(cursor.createdAt.microseconds).\(cursor.instanceID.urlEncoded)" }
}
#endif
