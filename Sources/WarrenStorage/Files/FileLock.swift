import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Admits one opening of a partition's file at a time, in this process or another.
///
/// It is an OS lock on a file beside it, so it ends with the process however the process ends. It belongs to the
/// descriptor, not to the process, and so also refuses a second opening by the same process. The file stays: removing
/// it would let two processes lock two files of one name.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `.inUse` naming the holder's process, if it is known.
    init(path: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("The lock file cannot be opened", path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = Self.read(descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else {
                errno = number
                throw .system("The lock file cannot be locked", path: path)
            }
            throw Self.inUse(by: holder, path: path)
        }
        self.descriptor = descriptor
        _ = fchmod(descriptor, 0o600)
        // Written for the error message of a second process; the lock itself does not depend on it.
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            throw .system("The lock file cannot be written", path: path)
        }
    }

    deinit {
        // Released explicitly: a child that this process is just starting has copies of all descriptors until its
        // `exec`, and closing only our descriptor would leave the lock with the child until then.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func read(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let line = buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: line, as: UTF8.self), radix: 10)
    }

    private static func inUse(by holder: Int32?, path: String) -> StorageError {
        let message =
            switch holder {
            case getpid(): "This process has the partition open already. Close that store first."
            case let holder?: "Process \(holder) has the partition open. Stop it, or use another data directory."
            case nil: "Another process has the partition open. Stop it, or use another data directory."
            }
        return StorageError(.inUse, message, path: path)
    }
}
