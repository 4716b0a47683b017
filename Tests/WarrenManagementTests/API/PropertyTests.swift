#if HTTP
import Foundation
import TestSupport
import Testing
import WarrenManagement

/// Tries the API with `schemathesis`: requests made from the document, valid and not, each answer compared with it.
@Suite("HTTP API: properties", .timeLimit(.minutes(5)))
struct PropertyTests {
    /// Whether the Python of the tests has the program. In CI it has.
    private static func isExpected() async throws -> Bool {
        if TestBroker.isCI { return true }
        return try await Program.run(Program.python, ["-c", "import schemathesis"]).exitCode == 0
    }

    private static let program = """
        import os, runpy, sys
        os.chdir(sys.argv.pop(1))
        runpy.run_module("schemathesis.cli", run_name="__main__", alter_sys=True)
        """

    private static let checks = [
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance", "unsupported_method", "negative_data_rejection",
    ]

    /// What refuses a request that breaks a rule. The tool does not know by itself that an address or a body may be too long:
    /// with many examples it makes such, and takes the documented 413, 414 and 431 for acceptance.
    private static let settings = """
        [checks]
        negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429, 431]
        """

    @Test(
        "Whatever is sent, no answer is a fault of the server, and none is other than the document says",
        .enabled("scripts/test installs schemathesis") { try await isExpected() })
    func schemathesis() async throws {
        // It keeps what failed in the folder where it runs.
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-properties-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Self.settings.utf8).write(to: folder.appending(path: "schemathesis.toml"))
        // It waits for instances that it finds open, for any time that the document allows.
        var options = ManagementOptions()
        options.maximumWait = .milliseconds(100)
        try await APIBench.running(options, over: .socket) { bench in
            let port = try #require(bench.http.port)
            try await bench.run("Hello", id: "known")
            try await bench.open("open")
            // Streams of events do not end by themselves. One worker: Python's `ast.parse` fails when threads call it at the
            // same time ("recursion depth mismatch"), and hypothesis calls it.
            let run = try await Program.run(
                Program.python,
                [
                    "-c", Self.program, folder.path, "run", "http://127.0.0.1:\(port)/api/v1/openapi.json", "--seed",
                    "7",
                    "--max-examples", "5", "--phases", "examples,coverage,fuzzing", "--checks",
                    Self.checks.joined(separator: ","), "--exclude-path", "/events", "--exclude-path", "/console",
                    "--request-timeout", "30", "--generation-database", "none", "--workers", "1",
                ])
            #expect(run.exitCode == 0, "\(run.output.suffix(6000)) \(run.errors.suffix(1000))")
        }
    }
}
#endif
