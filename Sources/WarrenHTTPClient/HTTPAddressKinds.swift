/// Kinds of Internet addresses that requests may be kept from.
public struct HTTPAddressKinds: OptionSet, Sendable, Hashable {
    /// One bit for each kind.
    public let rawValue: Int

    /// Kinds from their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// This machine: `127.0.0.0/8`, `::1`, and what means the same: `0.0.0.0/8`, `::`.
    public static let loopback = HTTPAddressKinds(rawValue: 1)
    /// The own link: `169.254.0.0/16`, `fe80::/10`.
    public static let linkLocal = HTTPAddressKinds(rawValue: 2)
    /// Services of clouds that give secrets to every caller, such as `169.254.169.254`.
    public static let metadata = HTTPAddressKinds(rawValue: 4)
    /// Private networks: `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `100.64.0.0/10`, `fc00::/7` and such.
    public static let privateNetwork = HTTPAddressKinds(rawValue: 8)
    /// Groups of receivers and reserved ranges: `224.0.0.0/4`, `240.0.0.0/4`, `ff00::/8`.
    public static let special = HTTPAddressKinds(rawValue: 16)

    /// What is refused if nothing else is said: all but private networks.
    public static let standard: HTTPAddressKinds = [.loopback, .linkLocal, .metadata, .special]

    /// The kinds in words, for reports.
    var words: String {
        let names: [(HTTPAddressKinds, String)] = [
            (.loopback, "loopback"), (.linkLocal, "link-local"), (.metadata, "metadata"),
            (.privateNetwork, "private"), (.special, "reserved"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}
