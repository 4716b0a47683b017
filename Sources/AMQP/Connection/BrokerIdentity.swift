import AMQPMessages

/// What a broker says of itself when it is connected to.
package struct BrokerIdentity: Sendable, Hashable {
    /// The product: `RabbitMQ`. Empty if the broker does not say it.
    package var product: String
    /// Its version: `3.10.8`. Empty if the broker does not say it.
    package var version: String
    /// The name of its cluster; `nil` if it does not say one.
    package var cluster: String?

    init(properties: FieldTable) {
        func text(_ key: String) -> String? {
            guard case .string(let text)? = properties[key] else { return nil }
            return text
        }
        product = text("product") ?? ""
        version = text("version") ?? ""
        cluster = text("cluster_name")
    }
}
