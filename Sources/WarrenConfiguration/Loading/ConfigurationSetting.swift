package import WarrenHost

/// A key with the value that counts.
package struct ConfigurationSetting: Sendable {
    package let key: ConfigurationKey
    /// The name under which the value was given: the key's, or that of the file that holds it.
    package let entry: String
    /// The value as it was given, or as it stood in the file.
    package let input: ConfigurationInput
    /// The value as it was read.
    package let value: ConfigurationValue
    package let origin: ConfigurationOrigin
}
