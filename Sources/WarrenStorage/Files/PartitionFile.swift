import Logging
import Warren
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The path of a partition's file and its permissions: only the owner may read it, whatever the umask.
struct PartitionFile {
    let path: String
    let directory: String

    /// The files that belong to it: SQLite's log and shared memory, and the lock. They are created and moved with it.
    var companions: [String] { ["\(path)-wal", "\(path)-shm", lockPath] }
    var lockPath: String { "\(path).lock" }

    /// - Throws: `.misuse` for a hub name that would lead out of the directory.
    init(directory: String, hub: String, partition: Int) throws(StorageError) {
        guard !hub.isEmpty, !hub.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }), partition >= 0 else {
            throw StorageError(.misuse, "`\(hub)` with partition \(partition) does not name a file.", path: directory)
        }
        self.directory = directory
        let number = partition < 10 ? "0\(partition)" : "\(partition)"
        path = "\(directory)/\(hub).partition.\(number).sqlite"
    }

    /// Creates the directory, and those above it, with mode 0700. An existing one is left unchanged: other programs may
    /// rely on it, and the files in it are closed to other users anyway.
    static func makeDirectory(_ directory: String, logger: Logger) throws(StorageError) {
        if let mode = try mode(ofDirectory: directory) {
            guard mode & 0o022 != 0 else { return }
            logger.warning(
                "Others may write to the data directory; take that right away", metadata: [LogKey.path: "\(directory)"])
            return
        }
        try makeMissing(directory)
    }

    private static func makeMissing(_ directory: String) throws(StorageError) {
        if let slash = directory.lastIndex(of: "/"), slash != directory.startIndex {
            let parent = String(directory[..<slash])
            if try mode(ofDirectory: parent) == nil { try makeMissing(parent) }
        }
        if mkdir(directory, 0o700) != 0 {
            // Another partition of the same host may have created it first.
            guard errno == EEXIST else { throw .system("The data directory cannot be made", path: directory) }
            return
        }
        guard chmod(directory, 0o700) == 0 else {
            throw .system("The data directory cannot be closed to others", path: directory)
        }
    }

    /// - Returns: `nil` if there is nothing of that name.
    private static func mode(ofDirectory path: String) throws(StorageError) -> mode_t? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StorageError(.io, "The data directory is not a directory. Give another one.", path: path)
        }
        return status.st_mode
    }

    /// Creates the file if it is missing and closes it to other users. SQLite gives its companions the same
    /// permissions.
    ///
    /// Only for a file that no connection of this process has open: closing any descriptor of a file drops the locks
    /// that the process holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
    func prepare() throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("The partition's file cannot be opened for writing", path: path) }
        defer { Self.closeDescriptor(descriptor) }
        try recognise(descriptor, path: path)
        for file in [path] + companions where access(file, F_OK) == 0 {
            guard chmod(file, 0o600) == 0 else { throw .system("A file cannot be closed to others", path: file) }
        }
    }

    /// The size in bytes.
    func size() throws(StorageError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system("The partition's file cannot be examined", path: path) }
        return Int(status.st_size)
    }

    /// The size of the write-ahead log in bytes; 0 while there is none.
    func logSize() -> Int {
        var status = stat()
        return stat("\(path)-wal", &status) == 0 ? Int(status.st_size) : 0
    }

    /// Refuses a file that is neither empty nor an SQLite database.
    func recognise(_ descriptor: Int32, path: String) throws(StorageError) {
        let signature = Array("SQLite format 3\0".utf8)
        var beginning = [UInt8](repeating: 0, count: signature.count)
        let count = pread(descriptor, &beginning, beginning.count, 0)
        guard count >= 0 else { throw .system("The partition's file cannot be read", path: path) }
        guard count == 0 || beginning == signature else {
            throw StorageError(
                .corrupt,
                "This is no SQLite database, or its first bytes are damaged. Restore a backup, or use another "
                    + "directory.",
                path: path)
        }
    }

    static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
}

extension StorageError {
    /// Describes the failure of the last system call.
    static func system(_ what: String, path: String) -> StorageError {
        let number = errno
        let code: Code = number == ENOSPC || number == EDQUOT ? .full : .io
        return StorageError(code, "\(what): \(String(cString: strerror(number))).", path: path)
    }
}
