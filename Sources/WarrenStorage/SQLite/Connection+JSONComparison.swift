import CSQLite
import Warren

/// Lets SQL compare JSON values.
extension Connection {
    /// Defines the function `same_json(left, right)`: whether two texts are the same JSON value, however they are written.
    /// A text that is not JSON is the same as none.
    func defineJSONComparison() throws(StorageError) {
        let result = sqlite3_create_function_v2(
            handle, "same_json", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, count, values in
                // SQLite passes as many values as the function is defined with.
                let values = UnsafeBufferPointer(start: values, count: Int(count))
                guard count == 2, let left = values.first.flatMap(Connection.payload),
                    let right = values.last.flatMap(Connection.payload)
                else { return sqlite3_result_int(context, 0) }
                let isSame = left == right || JSONComparison.areEqual(left, right) == true
                sqlite3_result_int(context, isSame ? 1 : 0)
            }, nil, nil, nil)
        guard result == SQLITE_OK else { throw error(result, doing: "defining a function") }
    }

    fileprivate static func payload(_ value: OpaquePointer?) -> Payload? {
        // The blob first: only after it the count is that of its bytes.
        guard let start = sqlite3_value_blob(value) else { return nil }
        return Payload(bytes: [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))))
    }
}
