package import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes and reads what a partition keeps of the limits of an activity: one line of JSON.
package struct KnownLimitsCodec: Codable {
    package var code: ActivityLimits?
    package var operators: ActivityLimits?
    /// In microseconds.
    package var paidUntil: Int64?

    package init(code: ActivityLimits?, operators: ActivityLimits?, paidUntil: Int64?) {
        self.code = code
        self.operators = operators
        self.paidUntil = paidUntil
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            // Numbers can always be written.
            return "{}"
        }
    }

    /// - Returns: `nil` for a text that is none of ours.
    package init?(json: String) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch {
            return nil
        }
    }
}
