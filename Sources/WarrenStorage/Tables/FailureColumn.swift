import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Failure details as JSON in a text column, readable with any SQLite tool.
enum FailureColumn {
    static func encode(_ failure: FailureDetails) throws(StorageError) -> [UInt8] {
        do {
            return try Array(JSONEncoder().encode(failure))
        } catch {
            throw StorageError(.misuse, "Failure details cannot be written as JSON: \(error)")
        }
    }

    static func decode(_ json: String, path: String) throws(StorageError) -> FailureDetails {
        do {
            return try JSONDecoder().decode(FailureDetails.self, from: Data(json.utf8))
        } catch {
            throw StorageError(
                .corrupt, "Stored failure details cannot be read: \(error). Restore a backup.", path: path)
        }
    }
}
