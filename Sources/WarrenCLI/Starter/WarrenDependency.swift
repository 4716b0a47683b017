#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a starter package gets Warren from.
enum WarrenDependency {
    /// A folder, given relative to the new package or from the root.
    case path(String)
    /// A repository; with a version, or its main branch.
    case url(String, version: String?)

    /// The line of the manifest.
    var manifestLine: String {
        switch self {
        case .path(let path): ".package(name: \"warren\", path: \(Self.quoted(path))),"
        case .url(let url, let version?): ".package(url: \(Self.quoted(url)), from: \(Self.quoted(version))),"
        case .url(let url, nil): ".package(url: \(Self.quoted(url)), branch: \"main\"),"
        }
    }

    /// The name by which targets refer to the package: SwiftPM takes it from the end of an address.
    var packageName: String {
        guard case .url(let url, _) = self else { return "warren" }
        let last = url.split(separator: "/").last.map(String.init) ?? "warren"
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// Returns the place of Warren's folder in an image that has the package in `folder`; `nil` if it is fetched.
    func imagePath(besides folder: String) -> String? {
        guard case .path(let path) = self else { return nil }
        if path.hasPrefix("/") { return path }
        var parts = folder.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
