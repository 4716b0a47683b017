import Foundation
import Subprocess

/// The built `dungeon` run once: what it printed and how it ended.
struct DungeonProgram {
    let exitCode: Int32
    let output: String
    let errors: String

    /// The executables lie beside the test bundle.
    static var executable: URL {
        #if os(macOS)
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            return bundle.bundleURL.deletingLastPathComponent().appending(path: "dungeon")
        }
        #endif
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "dungeon")
    }

    static func run(_ arguments: [String], input: String = "") async throws -> DungeonProgram {
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments([executable.path] + arguments), input: .string(input),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else {
            throw Crash(status: "\(result.terminationStatus)", errors: result.standardError)
        }
        return DungeonProgram(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }

    struct Crash: Error {
        let status: String
        let errors: String
    }
}
