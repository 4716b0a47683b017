import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The partition files of one hub in a data directory. Finding them opens none of them.
package struct PartitionFileList: Sendable {
    /// The name of the hub.
    package let hub: String
    /// The partitions that have a file, in order, and the paths of their files.
    package let files: [(partition: Int, path: String)]

    /// - Parameter hub: the name of the hub; `nil` for the only one in the directory.
    /// - Throws: ``QueryError`` with code `noFiles` if there is none, or more than one and none is named.
    package init(directory: String, hub: String?) throws {
        var found: [String: [(partition: Int, path: String)]] = [:]
        for name in try Self.names(in: directory) {
            guard let (hub, partition) = Self.parse(name) else { continue }
            found[hub, default: []].append((partition, "\(directory)/\(name)"))
        }
        let hubs = found.keys.sorted()
        guard let hub = hub ?? (hubs.count == 1 ? hubs.first : nil) else {
            throw QueryError(
                .noFiles,
                hubs.isEmpty
                    ? "There are no partition files in '\(directory)': name the data directory of a host, in which files "
                        + "are called HUB.partition.00.sqlite."
                    : "There are files of several hubs in '\(directory)': choose one of \(hubs.joined(separator: ", ")) "
                        + "with --hub.")
        }
        guard let files = found[hub] else {
            throw QueryError(
                .noFiles,
                "There are no partition files of hub '\(hub)' in '\(directory)'"
                    + (hubs.isEmpty ? "." : ", but of \(hubs.joined(separator: ", "))."))
        }
        self.hub = hub
        self.files = files.sorted { $0.partition < $1.partition }
    }

    /// The hub and the partition that a file's name tells; `nil` if it is no partition's file.
    private static func parse(_ name: String) -> (hub: String, partition: Int)? {
        let (middle, end) = (".partition.", ".sqlite")
        guard name.hasSuffix(end) else { return nil }
        let rest = name.dropLast(end.count)
        let digits = rest.reversed().prefix { $0.isASCII && $0.isNumber }.count
        guard (2...4).contains(digits), let partition = Int(rest.suffix(digits)) else { return nil }
        let head = rest.dropLast(digits)
        guard head.hasSuffix(middle), head.count > middle.count else { return nil }
        return (String(head.dropLast(middle.count)), partition)
    }

    private static func names(in directory: String) throws -> [String] {
        guard let stream = opendir(directory) else {
            throw QueryError(
                .noFiles, "The directory '\(directory)' cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }
}
