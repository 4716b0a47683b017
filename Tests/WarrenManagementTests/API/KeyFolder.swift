#if HTTP
import Foundation
import Warren
import WarrenManagement

/// A key file in a folder of its own.
struct KeyFolder {
    private let folder: URL
    var path: String { folder.appendingPathComponent("keys.json").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Adds a key, and returns its text.
    @discardableResult
    func add(_ name: String, _ scopes: Set<AccessScope>) throws -> String {
        let (key, text) = AccessKey.make(name: name, scopes: scopes, at: Timestamp(Date()))
        try KeyFile(path).update { $0.append(key) }
        return text.text
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
#endif
