#if HTTP
import Foundation
import Testing
import Warren

@testable import WarrenManagement

@Suite("HTTP API: the key file", .timeLimit(.minutes(1)))
struct KeyFileTests {
    @Test("The file has no secret, is its owner's alone, and gives the keys back")
    func roundTrip() throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        let text = try folder.add("ci \"quoted\"", [.start, .read])
        let file = KeyFile(folder.path)
        let key = try #require(try file.read().first)
        #expect(key.name == "ci \"quoted\"")
        #expect(key.scopes == [.start, .read])
        let parsed = try #require(AccessKeyText(text))
        #expect(key.matches(parsed))
        #expect(!key.matches(AccessKeyText(id: key.id, secret: "other")))
        let secret = try #require(text.split(separator: "_").last)
        #expect(secret.count == 64)
        let content = try String(contentsOfFile: folder.path, encoding: .utf8)
        #expect(!content.contains(secret))
        let facts = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
    }

    @Test("Programs that add keys at the same time lose none")
    func concurrent() async throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { try folder.add("key \(number)", [.read]) } }
            try await group.waitForAll()
        }
        #expect(try KeyFile(folder.path).read().count == 20)
    }

    @Test(
        "A file that others may write, or that is none, is refused with the remedy",
        arguments: [
            "", "{", "[]", #"{"version":2,"keys":[]}"#, #"{"version":1,"keys":[{}]}"#,
            #"{"version":1,"keys":[{"id":"a","name":"n","scopes":["all"],"createdTime":"2026-01-01T00:00:00Z","sha256":"00"}]}"#,
        ])
    func refused(content: String) throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        #expect(throws: AccessKeyError.self) { try KeyFile(folder.path).read() }
        #expect(FileManager.default.createFile(atPath: folder.path, contents: Data(content.utf8)))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path)
        let error = #expect(throws: AccessKeyError.self) { try AccessKeys(file: folder.path) }
        #expect(error?.message.contains(folder.path) == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: folder.path)
        let open = #expect(throws: AccessKeyError.self) { try KeyFile(folder.path).read() }
        #expect(open?.message.contains("chmod 600") == true)
    }
}
#endif
