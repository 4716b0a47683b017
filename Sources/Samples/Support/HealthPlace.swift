/// Where health and metrics are served.
public struct HealthPlace: Sendable, Hashable {
    let address: String
    let port: Int
}
