/// The reason for which a value of a configuration is refused, and the nearest one that is not.
package struct ConfigurationComplaint: Error, Hashable {
    /// What is wrong, to stand behind the value: `is out of range; it must be 1 to 99`.
    package var reason: String
    /// The nearest good value, if there is one that is likely to be meant.
    package var nearest: String?

    package init(_ reason: String, nearest: String? = nil) {
        self.reason = reason
        self.nearest = nearest
    }
}
