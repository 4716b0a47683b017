import Warren

/// Failure details as JSON in a text column, readable with any SQLite tool.
enum FailureColumn {
    /// A codec that leaves payloads as they are written.
    private static let codec = JSONPayloadCodec()

    static func encode(_ failure: FailureDetails) throws(StorageError) -> [UInt8] {
        do {
            return try codec.encode(failure).bytes
        } catch {
            throw StorageError(.misuse, "Failure details cannot be written as JSON: \(error)")
        }
    }

    /// - Returns: `nil` if the column is damaged.
    static func decode(_ json: [UInt8]) -> FailureDetails? {
        do {
            return try codec.decode(FailureDetails.self, from: Payload(bytes: json))
        } catch {
            return nil
        }
    }
}
