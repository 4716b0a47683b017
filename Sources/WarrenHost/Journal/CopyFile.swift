import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A copy of a partition's file on the disk.
///
/// Reading and writing block for the time of a piece, which the system's cache bounds.
final class CopyFile: CopiedFile, @unchecked Sendable {
    // Sendable because one task uses it; the descriptor never changes until the end.
    private let path: String
    private var descriptor: Int32

    init(reading path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.problem("opened", path) }
    }

    /// Creates the file for its owner only, in the place of an earlier one.
    init(creating path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.problem("created", path) }
    }

    deinit { close() }

    /// - Returns: the next bytes; none at the end.
    func read(most count: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                systemRead(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
            }
            if result == 0 { break }
            if result > 0 { filled += result } else if errno != EINTR { throw Self.problem("read", path) }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    func append(_ bytes: [UInt8]) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if result >= 0 { written += result } else if errno != EINTR { throw Self.problem("written", path) }
        }
    }

    /// Makes the file durable.
    func finish() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw Self.problem("flushed", path) }
        close()
    }

    /// Removes the file.
    func discard() {
        close()
        unlink(path)
    }

    func close() {
        if descriptor >= 0 { _ = systemClose(descriptor) }
        descriptor = -1
    }

    private static func problem(_ what: String, _ path: String) -> StorageError {
        let number = errno
        return StorageError(
            number == ENOSPC ? .full : .io, "A copy of the partition's file cannot be \(what) (errno \(number)).",
            path: path)
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
