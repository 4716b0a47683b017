package import WarrenMessaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RequestIDs {
    /// Unused random IDs.
    package static func random() -> RequestIDs {
        RequestIDs(correlationID: randomID())
    }

    /// The IDs of a separate message with an answer that counts for an earlier request.
    init(correlationID: String) {
        self.init(messageID: randomID(), correlationID: correlationID)
    }
}

/// A unique name: 122 random bits.
func randomID() -> String {
    UUID().uuidString.lowercased()
}
