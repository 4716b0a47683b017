#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small file that is read whole. What is no plain file is refused before anything waits for it.
struct BoundedFile {
    let bytes: [UInt8]
    /// Whether every user of the machine may read it.
    let isReadableByAll: Bool

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - limit: the most bytes that it may have.
    /// - Throws: the reason, to stand behind the path.
    init(_ path: String, limit: Int) throws(Failure) {
        guard !path.utf8.contains(0) else { throw Failure("the path has a zero byte") }
        // A pipe without a writer would block otherwise.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("it cannot be opened: \(Self.reason)") }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Failure("it cannot be read: \(Self.reason)") }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Failure("it is not a file") }
        isReadableByAll = facts.st_mode & S_IROTH != 0
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure("it cannot be read: \(Self.reason)") }
            if count == 0 { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else { throw Failure("it is larger than \(limit) bytes") }
        }
        self.bytes = bytes
    }

    /// The text of the file.
    func text() throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure("it is not UTF-8 text") }
        return text
    }

    private static var reason: String { String(cString: strerror(errno)) }

    /// The reason for which a file is not read.
    struct Failure: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }
}
