import Foundation
import TestSupport
import Testing
import Warren

@Suite("warren config", .timeLimit(.minutes(2)))
struct ConfigCommandTests {
    /// Runs a test with the path of a file.
    private static func with(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "warren-config-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        try await body(file.path)
    }

    @Test("Every key is listed, for people, as JSON, and as the table of the page")
    func keys() async throws {
        let text = try await Program.warren(["config", "keys"])
        #expect(text.exitCode == 0 && text.output.contains("activities.concurrency (WARREN_ACTIVITIES_CONCURRENCY)\n"))
        let lines = try await Program.warren(["config", "keys", "--json"]).output.split(separator: "\n")
        let objects = try lines.map { try JSONValue(Payload(json: String($0))) }
        let lease = try #require(objects.first { $0["key"]?.stringValue == "leases.duration" })
        #expect(lease["default"] == "1m" && lease["allowed"] == "1s to 366d" && lease["secret"] == false)
        let password = try #require(objects.first { $0["key"]?.stringValue == "broker.password" })
        #expect(password["fileKey"] == "broker.passwordFile" && password["secret"] == true)
        let table = try await Program.warren(["config", "keys", "--markdown"]).output
        #expect(table.hasPrefix("| Key |") && table.split(separator: "\n").count == objects.count + 2)
    }

    @Test("A wrong file exits 1 and names each problem on standard output; a right one exits 0")
    func check() async throws {
        try await Self.with("hub: orders\nactivites:\n  concurrency: 5\nleases: {duration: 30}\n") { path in
            let result = try await Program.warren(["config", "check", path])
            #expect(result.exitCode == 1)
            #expect(
                result.output.replacing(path, with: "F") == """
                    F:2: activites: there is no such group. Did you mean activities?
                    F:4: leases.duration: '30' is not a duration, such as 500ms, 30s, 5m, 1h30m, 7d or PT30S; it must be 1s to \
                    366d. The nearest good value is 30s.

                    """)
            #expect(result.errors == "2 things are wrong\n")
            let json = try await Program.warren(["config", "check", path, "--json"])
            let first = try JSONValue(Payload(json: String(try #require(json.output.split(separator: "\n").first))))
            #expect(first["place"]?.stringValue == "\(path):2")
            // A host and the other commands take it as little.
            let list = try await Program.warren(["list", "--config", path])
            #expect(list.exitCode == 2 && list.errors.contains("Did you mean activities?"), "\(list.errors)")
        }
        try await Self.with("{\"hub\": \"orders\"}") { path in
            let result = try await Program.warren(["config", "check"], environment: ["WARREN_CONFIG": path])
            #expect(result.exitCode == 0 && result.errors == "nothing is wrong; 1 value is set\n", "\(result.errors)")
        }
    }

    @Test("The values that count are shown with their places, and no secret")
    func show() async throws {
        try await Self.with("hub: orders\nbroker: {url: 'amqp://u:geheim@h/v', passwordFile: NOT}\n") { path in
            let secret = path + ".secret"
            try Data("geheim2\n".utf8).write(to: URL(fileURLWithPath: secret))
            defer { try? FileManager.default.removeItem(atPath: secret) }
            let result = try await Program.warren(
                ["config", "show", "--config", path, "--set", "activities.concurrency=7", "--changed", "--json"],
                environment: ["WARREN_BROKER_PASSWORD_FILE": secret, "WARREN_GRACES_STOP": "10s"])
            // The path that the file names is not there, and that is said although a stronger source has the value.
            #expect(result.exitCode == 1 && result.errors.contains("broker.passwordFile: 'NOT': it cannot be opened"))
        }
        try await Self.with("hub: orders\nbroker: {url: 'amqp://u:geheim@h/v'}\n") { path in
            let secret = path + ".secret"
            try Data("geheim2\n".utf8).write(to: URL(fileURLWithPath: secret))
            defer { try? FileManager.default.removeItem(atPath: secret) }
            let result = try await Program.warren(
                ["config", "show", "--config", path, "--set", "activities.concurrency=7", "--changed", "--json"],
                environment: ["WARREN_BROKER_PASSWORD_FILE": secret, "WARREN_GRACES_STOP": "10s"])
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(
                result.output.replacing(path, with: "F") == """
                    {"key":"hub","value":"orders","from":"F:1"}
                    {"key":"broker.url","value":"amqp://u:***@h/v","from":"F:2"}
                    {"key":"broker.password","value":"***","from":"WARREN_BROKER_PASSWORD_FILE"}
                    {"key":"activities.concurrency","value":"7","from":"--set activities.concurrency"}
                    {"key":"graces.stop","value":"10s","from":"WARREN_GRACES_STOP"}

                    """)
            let all = try await Program.warren(["config", "show"], environment: ["WARREN_CONFIG": path]).output
            #expect(all.contains("leases.duration") && all.contains("1m") && all.contains("default"))
            #expect(!all.contains("geheim"))
        }
    }

    @Test("A command finds its hub in the file, unless the environment or an option names another")
    func connection() async throws {
        try await Self.with("hub: orders\nbroker: {url: 'amqp://u@127.0.0.1:1/', password: geheim}\n") { path in
            let file = try await Program.warren(["list"], environment: ["WARREN_CONFIG": path])
            #expect(file.exitCode == 3 && file.errors.contains("127.0.0.1:1"), "\(file.errors)")
            #expect(!file.errors.contains("geheim"))
            let option = try await Program.warren(["list", "--config", path, "--broker", "amqp://127.0.0.2:1/"])
            #expect(option.exitCode == 3 && option.errors.contains("127.0.0.2:1"), "\(option.errors)")
            let hub = try await Program.warren(["list", "--config", path, "--hub", "9"])
            #expect(hub.exitCode == 2 && hub.errors.contains("--hub: hub: '9' is refused"), "\(hub.errors)")
        }
    }

    #if HTTP
    @Test("The options of a server can stand in the file, and count more on the command line")
    func server() async throws {
        try await Self.with("http: {port: 0, keys: /nowhere/keys.json, maximumBody: 64KiB}\n") { path in
            // The file of keys is read before the broker is asked for anything.
            for command in [["serve"], ["keys", "list"]] {
                let result = try await Program.warren(command + ["--config", path])
                #expect(result.exitCode == 2 && result.errors.contains("no key file '/nowhere/keys.json'"), "\(result)")
            }
            let other = try await Program.warren(
                ["serve", "--config", path, "--keys", "/other.json"], environment: ["WARREN_KEYS": "/third.json"])
            #expect(other.exitCode == 2 && other.errors.contains("no key file '/other.json'"), "\(other.errors)")
            let wrong = try await Program.warren(["serve", "--config", path, "--max-body", "0", "--cors", "a.example"])
            #expect(wrong.exitCode == 2 && wrong.errors.contains("--max-body: http.maximumBody: '0' is out of range"))
            #expect(wrong.errors.contains("--cors: http.origins: "), "\(wrong.errors)")
        }
    }
    #endif
}
