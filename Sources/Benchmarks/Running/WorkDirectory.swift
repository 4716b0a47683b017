#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A directory that lives as long as a measurement.
struct WorkDirectory: Sendable {
    let path: String

    /// Makes a new one inside `parent`.
    init(in parent: String, name: String) throws {
        path = "\(parent)/.warren-\(name)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func remove() throws {
        try FileManager.default.removeItem(atPath: path)
    }
}
