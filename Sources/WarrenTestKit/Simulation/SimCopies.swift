import Warren
import WarrenHost
import WarrenStorage

/// The copies of partitions' files in a simulation. The bytes of a copy are only its name: the contents stay here.
final class SimCopies: @unchecked Sendable {
    private struct Contents {
        var rows: SteppedPartition
        var journal: JournalIdentity?
    }

    private var contents: [[UInt8]: Contents] = [:]
    /// The files with copies, by their paths.
    fileprivate var files: [String: [UInt8]] = [:]

    /// Copies a disk to a path.
    func copy(_ disk: SimDisk, to path: String) {
        let name = Array("copy \(contents.count) of \(disk.entity)".utf8)
        contents[name] = Contents(rows: disk.rows, journal: disk.journal)
        files[path] = name
    }

    /// Puts the copy at a path in the place of a disk's contents.
    func restore(_ disk: SimDisk, from path: String) throws(StorageError) {
        guard let copy = files[path].flatMap({ contents[$0] }) else {
            throw StorageError(.corrupt, "The file is no copy.", path: path)
        }
        disk.replace(copy.rows, copy.journal)
        files[path] = nil
    }

    func remove(_ path: String) { files[path] = nil }
}

/// A copy of a simulated file.
final class SimCopiedFile: CopiedFile, @unchecked Sendable {
    private let path: String
    private let copies: SimCopies
    private var bytes: [UInt8]

    init(_ path: String, _ copies: SimCopies, isNew: Bool) {
        self.path = path
        self.copies = copies
        bytes = isNew ? [] : copies.files[path] ?? []
    }

    func read(most count: Int) -> [UInt8] {
        defer { bytes.removeFirst(min(count, bytes.count)) }
        return Array(bytes.prefix(count))
    }

    func append(_ bytes: [UInt8]) { self.bytes += bytes }
    func finish() { copies.files[path] = bytes }
    func discard() { copies.files[path] = nil }
    func close() {}
}
