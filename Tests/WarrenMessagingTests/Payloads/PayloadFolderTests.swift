import Foundation
import Testing
import Warren

@testable import WarrenMessaging

/// The folder of large payloads: what is put is there, whole, until nobody needs it.
@Suite("The payload folder", .timeLimit(.minutes(1)))
struct PayloadFolderTests {
    private static let later = Timestamp(Date(timeIntervalSinceNow: 3600))
    private static let earlier = Timestamp(Date(timeIntervalSinceNow: -3600))

    private func withFolder(_ body: (PayloadFolder, _ path: String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "warren-payloads-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(try PayloadFolder(directory: path + "/a/b", hub: "hub"), path)
    }

    private func files(_ path: String) -> [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? [])
            .filter { name in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                return !isFolder.boolValue
            }
    }

    private func code(_ body: () throws -> Void) -> PayloadStoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? PayloadStoreError)?.code
        }
    }

    @Test("Each instance that a payload is stored for finds it, and no other; files are closed to other users")
    func putting() throws {
        try withFolder { folder, path in
            let payload = Array("\"\(String(repeating: "x", count: 100_000))\"".utf8)
            let reference = try folder.put(payload, for: ["one", "../two", String(repeating: "ü", count: 64)])
            #expect(try folder.put(payload, for: ["one"]) == reference)
            for id in ["one", "../two", String(repeating: "ü", count: 64)] {
                #expect(try folder.get(reference, of: id) == payload, "\(id)")
            }
            #expect(code { _ = try folder.get(reference, of: "three") } == .missing)
            #expect(files(path).count == 6)
            for file in files(path) {
                let mode = try FileManager.default.attributesOfItem(atPath: path + "/" + file)[.posixPermissions]
                #expect(mode as? Int == 0o600)
            }
        }
    }

    @Test("Bytes that changed, or are fewer, are never handed out")
    func damage() throws {
        try withFolder { folder, path in
            let reference = try folder.put([1, 2, 3, 4], for: ["one"])
            let file = try #require(files(path).first { $0.hasSuffix(reference.digest) })
            try Data([1, 2, 3, 5]).write(to: URL(filePath: path + "/" + file))
            #expect(code { _ = try folder.get(reference, of: "one") } == .damaged)
            try Data([1, 2, 3]).write(to: URL(filePath: path + "/" + file))
            #expect(code { _ = try folder.get(reference, of: "one") } == .damaged)
            // A payload that is stored again mends it.
            #expect(try folder.put([1, 2, 3, 4], for: ["one"]) == reference)
            #expect(try folder.get(reference, of: "one") == [1, 2, 3, 4])
        }
    }

    @Test("A folder that is not there now says nothing of what is in it")
    func unavailable() throws {
        try withFolder { folder, path in
            let reference = try folder.put([1], for: ["one"])
            try FileManager.default.moveItem(atPath: path + "/a", toPath: path + "/c")
            #expect(code { _ = try folder.get(reference, of: "one") } == .unavailable)
            try FileManager.default.moveItem(atPath: path + "/c", toPath: path + "/a")
            #expect(try folder.get(reference, of: "one") == [1])
            try Data().write(to: URL(filePath: path + "/file"))
            #expect(code { _ = try PayloadFolder(directory: path + "/file", hub: "hub") } == .unavailable)
        }
    }

    @Test("An instance's payloads go with it, and nothing of another one's does")
    func removing() throws {
        try withFolder { folder, path in
            let reference = try folder.put([1], for: ["one", "two"])
            let other = try folder.put([2], for: ["one"])
            try folder.remove([reference.digest: Self.earlier], of: "one")
            #expect(try folder.get(reference, of: "one") == [1])
            try folder.remove([reference.digest: Self.later, "instance": Self.later], of: "one")
            #expect(code { _ = try folder.get(reference, of: "one") } == .missing)
            #expect(try folder.get(other, of: "one") == [2])
            #expect(try folder.get(reference, of: "two") == [1])
            #expect(folder.holdsAny(of: "two") && !folder.holdsAny(of: "never"))
            try folder.remove([reference.digest: Self.later], of: "never")
            try folder.remove([reference.digest: Self.later], of: "two")
            try folder.remove([other.digest: Self.later], of: "one")
            #expect(files(path).isEmpty)
        }
    }

    @Test("A sweep removes what is old and needed by nobody, drafts of killed processes included")
    func sweeping() throws {
        try withFolder { folder, path in
            let needed = try folder.put([1], for: ["one", "foreign"])
            _ = try folder.put([2], for: ["one", "foreign", "gone"])
            let draft = try #require(files(path).first { $0.hasSuffix(needed.digest) })
                .replacing(needed.digest, with: ".1f.tmp")
            try Data([1, 2]).write(to: URL(filePath: path + "/" + draft))
            #expect(try folder.sweep(before: Self.earlier) { _, _ in [] } == 0)
            var asked: Set<String> = []
            let removed = try folder.sweep(before: Self.later) { id, digests in
                asked.insert(id)
                #expect(digests.allSatisfy { $0.count == 64 })
                switch id {
                case "one": return [needed.digest]
                case "foreign": return nil
                default: return []
                }
            }
            #expect(asked == ["one", "foreign", "gone"])
            // One each of "one" and "gone", and the draft unless it was made beside the payload of "foreign".
            #expect(removed == (files(path).contains(draft) ? 2 : 3))
            #expect(try folder.get(needed, of: "one") == [1])
            #expect(try folder.get(PayloadReference(of: [2]), of: "foreign") == [2])
            #expect(code { _ = try folder.get(PayloadReference(of: [2]), of: "gone") } == .missing)
        }
    }

    @Test("Small payloads stay what they are; those above 64 MiB are refused")
    func bounds() throws {
        try withFolder { folder, path in
            let claims = ClaimCheck(folder, threshold: 4096)
            let small = Payload(bytes: [UInt8](repeating: 49, count: 4096))
            #expect(try claims.checkIn(small, for: ["one"]) == small)
            #expect(try claims.claim(small, of: "one") == small)
            #expect(files(path).isEmpty)
            let large = Payload(bytes: [UInt8](repeating: 49, count: 4097))
            let reference = try claims.checkIn(large, for: ["one"])
            #expect(reference.bytes.count < 128)
            #expect(try claims.claim(reference, of: "one") == large)
            let largest = Payload(bytes: [UInt8](repeating: 49, count: ClaimCheck.mostBytes))
            #expect(try claims.claim(claims.checkIn(largest, for: ["one"]), of: "one") == largest)
            let huge = Payload(bytes: [UInt8](repeating: 49, count: ClaimCheck.mostBytes + 1))
            #expect(code { _ = try claims.checkIn(huge, for: ["one"]) } == .tooLarge)
        }
    }
}
