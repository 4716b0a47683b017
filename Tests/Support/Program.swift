import Foundation
import Subprocess

/// A program run to its end: what it printed and how it ended.
package struct Program: Sendable {
    package let exitCode: Int32
    package let output: String
    package let errors: String

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - program: its path, or its name when it is in the `PATH`.
    ///   - environment: all of its variables; the test's own when this is `nil`.
    ///   - input: its standard input.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, input: String = ""
    ) async throws -> Program {
        let variables = environment.map { ["-i"] + $0.map { "\($0.key)=\($0.value)" } } ?? []
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(variables + [program] + arguments), input: .string(input),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else {
            throw Crash(program: program, status: "\(result.terminationStatus)", errors: result.standardError)
        }
        return Program(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }

    /// The path of a program of this package, which is built beside the tests.
    package static func product(_ name: String) throws -> String {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw Missing(
            description: "The program '\(name)' is not beside the tests. Build all: swift build --build-tests")
    }

    /// The Python that has what the tests' programs import.
    package static let python = ProcessInfo.processInfo.environment["WARREN_PYTHON"] ?? "python3"

    /// A signal ended it.
    struct Crash: Error {
        let program: String
        let status: String
        let errors: String
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }
}
