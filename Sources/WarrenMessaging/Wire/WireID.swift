import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// IDs of messages and instances that nobody gave one: UUIDs in lower case.
package enum WireID {
    /// The same ID for the same name.
    ///
    /// Any language can compute the default instance ID of a start message, in Python for example:
    /// `uuid.uuid5(uuid.NAMESPACE_URL, "warren:shop/Billing/m-1")`.
    static func named(_ name: String) -> String {
        NamedUUID.make(name, in: NamedUUID.urlNamespace).uuidString.lowercased()
    }

    /// Another ID each time.
    package static func random() -> String { UUID().uuidString.lowercased() }
}
