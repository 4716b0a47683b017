import Foundation
import Testing

/// The broker that `scripts/test` started for the tests.
enum TestBroker {
    private static let environment = ProcessInfo.processInfo.environment

    /// Where it is; `nil` without one.
    static let url = environment["WARREN_BROKER_URL"]

    /// Whether tests that need it are to run. In CI they always are: without a broker they fail.
    static let isAvailable = url != nil || environment["CI"] != nil

    static let remedy: Comment = "Needs a RabbitMQ: run scripts/test, or set WARREN_BROKER_URL."

    static func requireURL() throws -> String {
        try #require(url, "WARREN_BROKER_URL is not set: run scripts/test, which starts a private broker.")
    }
}
