import Foundation

/// The browser that tests drive, by programs in Python that import `chromium.py`, which lies beside this file.
package enum Chromium {
    private static let environment = ProcessInfo.processInfo.environment

    /// As with the broker: in CI it has to be there.
    package static let isExpected = environment["WARREN_CHROMIUM"] != nil || environment["CI"] != nil

    /// Runs a program that drives it. The pictures that it takes are kept where `WARREN_PICTURES` says.
    package static func run(_ arguments: [String]) async throws -> Program {
        guard let driver = Bundle.module.url(forResource: "chromium", withExtension: "py") else {
            throw Program.Missing(
                description: "chromium.py is not beside the tests. Build all: swift build --build-tests")
        }
        var environment = environment
        environment["PYTHONPATH"] = driver.deletingLastPathComponent().path
        let pictures = environment["WARREN_PICTURES"].map { ["--pictures", $0] } ?? []
        return try await Program.run(Program.python, arguments + pictures, environment: environment)
    }
}
