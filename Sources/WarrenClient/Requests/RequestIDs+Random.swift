package import WarrenMessaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RequestIDs {
    /// IDs that nobody has used.
    package static func random() -> RequestIDs {
        RequestIDs(correlationID: randomID())
    }

    /// A message of its own whose answer counts for an earlier request.
    init(correlationID: String) {
        self.init(messageID: randomID(), correlationID: correlationID)
    }
}

/// A name that nobody else has: 122 random bits.
func randomID() -> String {
    UUID().uuidString.lowercased()
}
