package import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What can be said of a partition's file without changing it.
package struct PartitionFileFacts: Sendable {
    /// The number of partitions that the file's hub has; `nil` if the file cannot be read.
    package private(set) var partitionCount: Int?
    /// The size in bytes, without its log.
    package let bytes: Int64
    /// The size of its write-ahead log in bytes.
    package let logBytes: Int64
    /// Whether others than its owner may read or write it.
    package let isOpenToOthers: Bool
    /// The process that has the file open, if it still runs.
    package let holder: Int32?
    /// The reason why a host would not open the file, or damage that was found in it.
    package private(set) var problem: StorageError?

    /// Examines a file.
    ///
    /// - Parameter checksPages: whether to read all of it, and compare its pages with each other.
    /// - Throws: ``StorageError`` if there is no such file or it cannot be examined.
    package init(path: String, hub: String, partition: Int, checksPages: Bool) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StorageError.system("The partition's file cannot be examined", path: path)
        }
        bytes = Int64(status.st_size)
        isOpenToOthers = status.st_mode & 0o077 != 0
        var log = stat()
        logBytes = stat("\(path)-wal", &log) == 0 ? Int64(log.st_size) : 0
        holder = Self.holder(of: path)
        do throws(StorageError) {
            let file = try ReadOnlyFile(path: path, hub: hub, partition: partition, end: ReadEnd())
            partitionCount = file.partitionCount
            guard checksPages else { return }
            let verdict = try file.connection.text("PRAGMA quick_check(1)")
            // A host that starts meanwhile makes the check worthless, and is no fault.
            if verdict != "ok", file.isUnchanged {
                problem = StorageError(
                    .corrupt, "The file fails its integrity check: \(verdict ?? "no answer").", path: path)
            }
        } catch {
            problem = error
        }
    }

    /// The process that the lock's file names by its number, if there is one of that number.
    ///
    /// The lock itself is not asked for: to hold it for a moment would keep a host from starting.
    private static func holder(of path: String) -> Int32? {
        let descriptor = open("\(path).lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let line = buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
        guard let process = Int32(String(decoding: line, as: UTF8.self), radix: 10), process > 0 else { return nil }
        // EPERM: it runs as another user.
        return kill(process, 0) == 0 || errno == EPERM ? process : nil
    }
}
