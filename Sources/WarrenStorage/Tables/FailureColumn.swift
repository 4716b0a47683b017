import Warren

/// Failure details as JSON in a text column, readable with any SQLite tool.
enum FailureColumn {
    /// Payloads pass through it as they are written.
    private static let codec = JSONPayloadCodec()

    static func encode(_ failure: FailureDetails) throws(StorageError) -> [UInt8] {
        do {
            return try codec.encode(failure).bytes
        } catch {
            throw StorageError(.misuse, "Failure details cannot be written as JSON: \(error)")
        }
    }

    static func decode(_ json: String, path: String) throws(StorageError) -> FailureDetails {
        do {
            return try codec.decode(FailureDetails.self, from: Payload(json: json))
        } catch {
            throw StorageError(
                .corrupt, "Stored failure details cannot be read: \(error). Restore a backup.", path: path)
        }
    }
}
