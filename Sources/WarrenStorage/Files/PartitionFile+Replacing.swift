import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Replaces and removes the file as a whole. Callers hold the lock, and no connection is open.
///
/// SQLite applies whatever log it finds beside a file, so a file must never meet the log of another one. A single
/// renaming or removal decides; the next opening finishes what a crash interrupts after it.
extension PartitionFile {
    /// A complete file that is about to take the place of the partition's.
    private var replacement: String { "\(path).replacement" }
    var hasReplacement: Bool { Self.exists(replacement) }
    /// The beginning of the names of files in the making.
    var temporaryPrefix: String { "\(path).snapshot-" }

    /// Whether there is a file, or one that is about to take its place.
    var isThere: Bool { Self.exists(path) || hasReplacement }

    /// Puts a complete file, of the same file system, in the place of the partition's.
    func replace(with copy: String) throws(StorageError) {
        try finish()
        let descriptor = open(copy, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system("The copy cannot be opened", path: copy) }
        defer { Self.closeDescriptor(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("The copy cannot be examined", path: copy) }
        guard status.st_size > 0 else {
            throw StorageError(.corrupt, "The copy that is to replace the partition's file is empty.", path: copy)
        }
        try recognise(descriptor, path: copy)
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
            throw .system("The copy cannot be made durable", path: copy)
        }
        // From here on the copy is the partition.
        guard rename(copy, replacement) == 0 else { throw .system("The copy cannot be renamed", path: copy) }
        try flushDirectory()
        try finish()
    }

    /// Removes the file.
    func remove() throws(StorageError) {
        try finish()
        try Self.removeFile(path)
        try flushDirectory()
        try removeLogs()
    }

    /// Finishes what a crash has interrupted, and removes what it has left behind: part of opening.
    func settle() throws(StorageError) {
        try finish()
        for name in leftovers() { try Self.removeFile(name) }
    }

    private func finish() throws(StorageError) {
        if hasReplacement {
            try removeLogs()
            try flushDirectory()
            guard rename(replacement, path) == 0 else {
                throw .system("The partition's file cannot be replaced", path: replacement)
            }
            try flushDirectory()
        } else if !Self.exists(path) {
            try removeLogs()
        }
    }

    /// Makes the names in the directory durable.
    func flushDirectory() throws(StorageError) { try Self.flush(directory, O_RDONLY | O_DIRECTORY) }

    static func flush(directoryOf path: String) throws(StorageError) {
        let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        try flush(parent, O_RDONLY | O_DIRECTORY)
    }

    /// Makes a file durable that no connection of this process has open.
    static func flush(_ path: String) throws(StorageError) { try flush(path, O_RDWR) }

    private static func flush(_ path: String, _ mode: Int32) throws(StorageError) {
        let descriptor = open(path, mode | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("It cannot be opened to be made durable", path: path) }
        defer { closeDescriptor(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("It cannot be made durable", path: path) }
    }

    /// Creates an empty file that only the owner can read.
    static func create(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("The file cannot be created", path: path) }
        defer { closeDescriptor(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw .system("A file cannot be closed to others", path: path) }
    }

    /// Removes a file; that there is none is no error.
    static func removeFile(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .system("A file cannot be removed", path: path)
        }
    }

    /// Removes a directory that has no files; that there is none is no error.
    static func removeEmpty(_ directory: String) throws(StorageError) {
        guard rmdir(directory) == 0 || errno == ENOENT else {
            throw .system("A directory cannot be removed", path: directory)
        }
    }

    private func removeLogs() throws(StorageError) {
        for suffix in ["-wal", "-shm", "-journal"] { try Self.removeFile(path + suffix) }
    }

    /// Files in the making that nothing completes any more: the prefix and hexadecimal digits, and SQLite's file
    /// beside.
    private func leftovers() -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            let candidate = "\(directory)/\(name)"
            guard candidate.hasPrefix(temporaryPrefix) else { continue }
            let rest = candidate.dropFirst(temporaryPrefix.count)
            let digits = rest.hasSuffix("-journal") ? rest.dropLast("-journal".count) : rest
            if !digits.isEmpty, digits.allSatisfy(\.isHexDigit) { found.append(candidate) }
        }
        return found
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
