import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Generates IDs for messages and instances without one: UUIDs in lower case.
package enum WireID {
    /// A deterministic ID for a name.
    ///
    /// Any language can compute the default instance ID of a start message, in Python for example:
    /// `uuid.uuid5(uuid.NAMESPACE_URL, "warren:shop/Billing/m-1")`.
    static func named(_ name: String) -> String {
        NamedUUID.make(name, in: NamedUUID.urlNamespace).uuidString.lowercased()
    }

    /// A random ID.
    package static func random() -> String { UUID().uuidString.lowercased() }
}
