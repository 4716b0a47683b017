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

    /// - Returns: `nil` if the column is damaged.
    static func decode(_ json: [UInt8]) -> FailureDetails? {
        do {
            return try JSONDecoder().decode(FailureDetails.self, from: Data(json))
        } catch {
            return nil
        }
    }
}
