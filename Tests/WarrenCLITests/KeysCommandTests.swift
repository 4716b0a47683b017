#if HTTP
import Foundation
import TestSupport
import Testing
import Warren

@Suite("warren keys", .timeLimit(.minutes(2)))
struct KeysCommandTests {
    /// Runs a test with the path of a key file that does not exist yet.
    private static func withPath(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "keys.json").path)
    }

    @Test("A key is printed once, listed without its secret, and gone when it is revoked")
    func life() async throws {
        try await Self.withPath { path in
            let created = try await Program.warren(
                ["keys", "create", "--file", path, "--name", "ci", "--scope", "start", "--scope", "read"])
            #expect(created.exitCode == 0, "\(created.errors)")
            let key = created.output.trimmingCharacters(in: .newlines)
            let parts = key.split(separator: "_")
            #expect(parts.count == 3)
            #expect(parts.first == "wk")
            let id = String(try #require(parts.dropFirst().first))
            #expect(created.errors.contains("key \(id) was added to \(path)"))
            let list = try await Program.warren(["keys", "list"], environment: ["WARREN_KEYS": path])
            #expect(list.output.contains("\(id)  ci"))
            #expect(list.output.contains("read, start"))
            #expect(!list.output.contains(parts.last ?? ""))
            let json = try await Program.warren(["keys", "list", "--file", path, "--json"])
            let object = try JSONValue(Payload(json: json.output))
            #expect(object["id"]?.stringValue == id)
            #expect(object["scopes"] == ["read", "start"])
            let other = try await Program.warren(["keys", "revoke", "--file", path, id, "00000000"])
            #expect(other.exitCode == 2)
            #expect(other.errors.contains("no key '00000000'"))
            let revoked = try await Program.warren(["keys", "revoke", "--file", path, id])
            #expect(revoked.exitCode == 0)
            #expect(revoked.errors == "the key was revoked\n")
            #expect(try await Program.warren(["keys", "list", "--file", path, "--json"]).output == "")
        }
    }

    @Test("A wrong right, no right and no file are said plainly")
    func refusals() async throws {
        try await Self.withPath { path in
            let wrong = try await Program.warren(
                ["keys", "create", "--file", path, "--name", "x", "--scope", "everything"])
            #expect(wrong.exitCode == 2)
            #expect(wrong.errors.contains("read, start, raise, control, admin"))
            #expect(try await Program.warren(["keys", "create", "--file", path, "--name", "x"]).exitCode == 2)
            let missing = try await Program.warren(["keys", "list", "--file", path])
            #expect(missing.exitCode == 2)
            #expect(missing.errors.contains("There is no key file '\(path)'"))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
#endif
