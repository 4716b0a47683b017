import Foundation

/// A folder for the files of one test.
struct Folder {
    private let path: String

    /// Runs a body with a folder, and removes it.
    static func with<Result>(_ body: (Folder) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/warren-configuration-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(Folder(path: path))
    }

    /// Writes a file, readable by its owner alone unless another mode is given, and returns its path.
    func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        try file(name, Data(text.utf8), mode: mode)
    }

    func file(_ name: String, _ data: Data, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try data.write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}
