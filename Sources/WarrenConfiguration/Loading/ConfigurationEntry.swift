import WarrenHost

/// A name with a value as some place has it, before it is known whether there is such a key.
struct ConfigurationEntry: Sendable {
    /// The name: `activities.concurrency`.
    let name: String
    let input: ConfigurationInput
    let origin: ConfigurationOrigin
}
