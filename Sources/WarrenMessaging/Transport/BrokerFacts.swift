/// What a broker says of itself, for people and for checks of its version.
public struct BrokerFacts: Sendable, Hashable {
    /// The product: `RabbitMQ`. Empty if the broker does not say it.
    public var product: String
    /// Its version: `3.10.8`. Empty if the broker does not say it.
    public var version: String
    /// The name of its cluster; `nil` if it does not say one.
    public var cluster: String?
    /// Whether the connection is encrypted.
    public var isEncrypted: Bool

    /// The facts about a broker.
    public init(product: String, version: String, cluster: String? = nil, isEncrypted: Bool) {
        self.product = product
        self.version = version
        self.cluster = cluster
        self.isEncrypted = isEncrypted
    }

    /// The first two numbers of the version; `nil` if it has none.
    public var release: (major: Int, minor: Int)? {
        let numbers = version.split(separator: ".").map { Int($0) }
        guard let major = numbers.first ?? nil, let minor = numbers.dropFirst().first ?? nil else { return nil }
        return (major, minor)
    }
}
