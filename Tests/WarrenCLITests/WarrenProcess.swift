import Foundation
import Subprocess

/// The built `warren` run once: what it printed and how it ended.
struct WarrenProcess {
    let exitCode: Int32
    let output: String
    let errors: String

    /// Runs `warren` with an environment of nothing but what is given.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> WarrenProcess {
        let executable = productsDirectory.appending(path: "warren").path
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(["-i"] + variables + [executable] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else {
            throw Crash(status: "\(result.terminationStatus)", errors: result.standardError)
        }
        return WarrenProcess(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }

    /// The executables lie beside the test bundle.
    static var productsDirectory: URL {
        #if os(macOS)
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            return bundle.bundleURL.deletingLastPathComponent()
        }
        #endif
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    struct Crash: Error {
        let status: String
        let errors: String
    }
}
