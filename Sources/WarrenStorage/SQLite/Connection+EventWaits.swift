import CSQLite
import Warren

/// Lets SQL test what instances wait for.
extension Connection {
    /// Defines the function `waits_for_event(event_waits, condition)`: whether one of the waits in the column meets the
    /// condition, an event's name, or NULL for any event. With it in the SQL, a page of a listing is sorted and cut
    /// before its rows are read; and names compare as events do, which SQL alone cannot say for letters beyond ASCII.
    func defineEventWaits() throws(StorageError) {
        let result = sqlite3_create_function_v2(
            handle, "waits_for_event", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, count, values in
                // SQLite passes as many values as the function is defined with.
                let values = UnsafeBufferPointer(start: values, count: Int(count))
                guard count == 2, let stored = values.first.flatMap(EventWaits.init(column:)), !stored.isEmpty else {
                    return sqlite3_result_int(context, 0)
                }
                let condition = WaitCondition(kind: .event, name: values.last.flatMap(Connection.text))
                let isMet = stored.named.contains {
                    condition.isMet(by: OpenWait(kind: .event, name: $0.name))
                }
                sqlite3_result_int(context, isMet ? 1 : 0)
            }, nil, nil, nil)
        guard result == SQLITE_OK else { throw error(result, doing: "defining a function") }
    }

    fileprivate static func text(_ value: OpaquePointer?) -> String? {
        bytes(value).map { String(decoding: $0, as: UTF8.self) }
    }

    fileprivate static func bytes(_ value: OpaquePointer?) -> [UInt8]? {
        // The text first: only after it the count is that of its bytes.
        guard let start = sqlite3_value_text(value) else { return nil }
        return [UInt8](UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
    }
}

extension EventWaits {
    /// The waits in a column; `nil` for NULL.
    fileprivate init?(column value: OpaquePointer?) {
        guard let bytes = Connection.bytes(value) else { return nil }
        self.init(encoded: bytes)
    }
}
