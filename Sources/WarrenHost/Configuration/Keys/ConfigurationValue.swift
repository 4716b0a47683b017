/// A value of a configuration that has been read.
package enum ConfigurationValue: Sendable, Hashable, CustomStringConvertible {
    case text(String)
    case integer(Int)
    /// A number of bytes.
    case size(Int)
    case duration(Duration)
    case flag(Bool)
    /// A set of names, in the order of the alphabet.
    case list([String])

    /// The value as a configuration would give it.
    package var description: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .size(let bytes): SizeText.text(of: bytes)
        case .duration(let duration): DurationText.text(of: duration)
        case .flag(let flag): "\(flag)"
        case .list(let items): items.joined(separator: ",")
        }
    }
}
