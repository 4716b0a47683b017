import Foundation
import TestSupport
import Testing

@Suite("warren init", .timeLimit(.minutes(2)))
struct InitCommandTests {
    /// The files whose text is compiled and run with these tests.
    private static let compiled = [
        "Sources/Functions/Greetings.swift", "Sources/Functions/RegisterFunctions.swift",
        "Tests/FunctionsTests/GreetingsTests.swift",
    ]

    private static let parse = """
        import pathlib, sys
        sys.path.insert(0, sys.argv[1])
        import soundness_docker
        class Tree:
            root = pathlib.Path(sys.argv[2])
            def text(self, name): return (self.root / name).read_text()
        # The stage `warren` is a folder that the build is given.
        findings = [f for f in soundness_docker.dockerfile(Tree(), "Dockerfile") if "no stage 'warren'" not in f]
        sys.exit("\\n".join(findings) or 0)
        """

    /// Runs `warren` in an empty folder.
    private func inFolder(_ body: (URL, (String...) async throws -> Program) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-init-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let warren = try Program.product("warren")
        try await body(folder) { (arguments: String...) in
            try await Program.run("sh", ["-c", "cd \"$0\" && exec \"$@\"", folder.path, warren] + arguments)
        }
    }

    @Test("The package has what these tests compile and run, and the rest of it parses")
    func package() async throws {
        try await inFolder { folder, warren in
            let made = try await warren("init", "order-host")
            #expect(made.exitCode == 0, "\(made.errors)")
            #expect(made.output.split(separator: "\n").count == 9)
            #expect(made.errors.contains("no package at 'order-host/../warren'"), "\(made.errors)")
            let package = folder.appending(path: "order-host")
            func text(_ path: String) throws -> String {
                try String(contentsOf: package.appending(path: path), encoding: .utf8)
            }
            for path in Self.compiled {
                let name = path.split(separator: "/").last.map(String.init) ?? ""
                let ours = repository.appending(path: "Tests/WarrenCLITests/Starter/\(name)")
                // Here the functions are in the same module as their tests.
                let text = try text(path).replacingOccurrences(of: "import Functions\n", with: "")
                #expect(try text == String(contentsOf: ours, encoding: .utf8), "\(path)")
            }
            let main = package.appending(path: "Sources/order-host/Main.swift").path
            let parsed = try await Program.run(
                "swiftc", ["-parse", "-parse-as-library", main, package.appending(path: "Package.swift").path])
            #expect(parsed.exitCode == 0, "\(parsed.errors)")
            #expect(try text("Sources/order-host/Main.swift").contains("host.replaysHistories(arguments:"))
            #expect(try text("README.md").contains("swift run order-host --replay-check histories.jsonl"))
            #expect(try text("Package.swift").contains(#".package(name: "warren", path: "../warren"),"#))
            let docker = try await Program.run(
                Program.python, ["-c", Self.parse, repository.appending(path: "scripts").path, package.path])
            #expect(docker.exitCode == 0, "\(docker.errors)")
            #expect(try text("Dockerfile").contains("COPY --from=warren . /build/warren\n"))
        }
    }

    @Test("Warren comes from a folder or a repository, and what is there already is left alone")
    func choices() async throws {
        try await inFolder { folder, warren in
            let made = try await warren(
                "init", "a", "--warren-url", "https://git.example.com/w/warren-core.git", "--warren-version", "0.1.0",
                "--json")
            #expect(
                made.exitCode == 0 && made.output.contains(#"{"package":"a","files":["README.md","#), "\(made.errors)")
            let manifest = try String(contentsOf: folder.appending(path: "a/Package.swift"), encoding: .utf8)
            #expect(manifest.contains(#"url: "https://git.example.com/w/warren-core.git", from: "0.1.0""#))
            #expect(manifest.contains(#".product(name: "WarrenHost", package: "warren-core")"#))
            let again = try await warren("init", "a")
            #expect(again.exitCode == 2 && again.errors.contains("already"), "\(again.errors)")
            for name in ["2fast", "a b", "Functions", ""] {
                #expect(try await warren("init", name).exitCode == 2, "\(name)")
            }
        }
    }
}
