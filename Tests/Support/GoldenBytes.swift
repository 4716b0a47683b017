package import Foundation
package import Testing

/// Bytes as hexadecimal text files, compared byte by byte: what is on disks and in journals stays readable.
///
/// `WARREN_RECORD_GOLDEN=1 swift test` writes the files that are missing; existing ones are never overwritten.
package enum GoldenBytes {
    /// - Parameters:
    ///   - resources: the folder of the test target's resources.
    ///   - source: a file in a subfolder of the test target, next to `Golden`.
    package static func check(
        _ name: String, _ actual: [UInt8], in resources: URL?, source: String = #filePath,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = render(actual)
        let recorded = resources?.appending(path: "Golden/\(name).hex")
        if let recorded, let expected = try? String(contentsOf: recorded, encoding: .utf8) {
            #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
        } else if ProcessInfo.processInfo.environment["WARREN_RECORD_GOLDEN"] != nil {
            let folder = URL(filePath: source).deletingLastPathComponent().deletingLastPathComponent()
            try text.write(to: folder.appending(path: "Golden/\(name).hex"), atomically: true, encoding: .utf8)
        } else {
            Issue.record(
                "There is no golden file '\(name)'. Write it with WARREN_RECORD_GOLDEN=1.",
                sourceLocation: sourceLocation)
        }
    }

    /// The recorded bytes, which this version has to read.
    package static func read(_ name: String, in resources: URL?) throws -> [UInt8] {
        let file = try #require(resources?.appending(path: "Golden/\(name).hex"))
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(whereSeparator: \.isWhitespace).map { try #require(UInt8($0, radix: 16)) }
    }

    /// 16 bytes a line.
    private static func render(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            bytes[start..<min(start + 16, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined(separator: " ") + "\n"
        }.joined()
    }
}
