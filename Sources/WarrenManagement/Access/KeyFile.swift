import Warren
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of keys: JSON, readable and writable by its owner only, replaced as a whole.
///
/// ```json
/// {"version":1,"keys":[{"id":"9f3c21ab","name":"ci","scopes":["start"],"createdTime":"…","sha256":"…"}]}
/// ```
package struct KeyFile: Sendable {
    package let path: String

    /// The maximum number of keys.
    package static let maximumKeys = 1000
    /// The maximum length of a key's name, in bytes.
    package static let maximumNameBytes = 100
    private static let maximumBytes = 1 << 20

    package init(_ path: String) {
        self.path = path
    }

    /// The present state; `nil` if there is no such file, or it cannot be looked at.
    var stamp: FileStamp? { FileStamp(path) }

    /// The keys in the file.
    ///
    /// - Throws: ``AccessKeyError``.
    package func read() throws -> [AccessKey] {
        guard let keys = try readIfPresent() else {
            throw AccessKeyError(
                "There is no key file '\(path)'. Create a key: warren keys create --file '\(path)' --name NAME "
                    + "--scope read")
        }
        return keys
    }

    /// Changes the keys. Only one process at a time does so; others see the old file or the new one.
    ///
    /// - Parameter change: edits the keys; those of a missing file are none.
    /// - Throws: ``AccessKeyError``, and errors of `change`, which leave the file as it was.
    package func update<Result>(_ change: (inout [AccessKey]) throws -> Result) throws -> Result {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw problem("The folder '\(folder)' cannot be opened") }
        defer { close(directory) }
        // The lock is of the folder: the file itself is replaced.
        guard flock(directory, LOCK_EX) == 0 else { throw problem("The folder '\(folder)' cannot be locked") }
        var keys = try readIfPresent() ?? []
        let result = try change(&keys)
        guard keys.count <= Self.maximumKeys else {
            throw AccessKeyError("'\(path)' holds \(Self.maximumKeys) keys at the most. Revoke some first.")
        }
        try write(KeyFileCodec.encode(keys))
        guard fsync(directory) == 0 else { throw problem("It cannot be made durable") }
        return result
    }

    private func readIfPresent() throws -> [AccessKey]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw problem("It cannot be opened")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw problem("It cannot be looked at") }
        guard facts.st_mode & 0o022 == 0 else {
            throw AccessKeyError(
                "The key file '\(path)' can be written by others than its owner, who could add keys. Run: chmod 600 "
                    + "'\(path)'")
        }
        guard Int(facts.st_size) <= Self.maximumBytes else {
            throw AccessKeyError("The key file '\(path)' has more than \(Self.maximumBytes) bytes, so it is none.")
        }
        do {
            return try KeyFileCodec.decode(try bytes(of: descriptor))
        } catch let fault as KeyFileCodec.Fault {
            throw AccessKeyError(
                "The key file '\(path)' cannot be read: \(fault.text) Restore it, or remove it and create new keys.")
        }
    }

    private func bytes(of descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= Self.maximumBytes {
            let count = part.withUnsafeMutableBytes { Self.read(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem("It cannot be read") }
            if count == 0 { break }
            bytes += part.prefix(count)
        }
        return bytes
    }

    /// Writes the bytes beside the file, and puts the new one in its place.
    private func write(_ bytes: [UInt8]) throws {
        let replacement = "\(path).new"
        // What an interrupted change left.
        unlink(replacement)
        let descriptor = open(replacement, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("'\(replacement)' cannot be created") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Self.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = problem("'\(replacement)' cannot be written")
                close(descriptor)
                unlink(replacement)
                throw error
            }
            written += count
        }
        let isDurable = fsync(descriptor) == 0
        close(descriptor)
        guard isDurable, rename(replacement, path) == 0 else {
            let error = problem("'\(replacement)' cannot take its place")
            unlink(replacement)
            throw error
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func problem(_ text: String) -> AccessKeyError {
        AccessKeyError("Key file '\(path)': \(text): \(String(cString: strerror(errno))).")
    }

    // The names of the functions are those of methods here.
    #if canImport(Glibc)
    private static func read(_ file: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        Glibc.read(file, bytes.baseAddress, bytes.count)
    }
    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Glibc.write(file, bytes.baseAddress, bytes.count)
    }
    #elseif canImport(Musl)
    private static func read(_ file: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        Musl.read(file, bytes.baseAddress, bytes.count)
    }
    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Musl.write(file, bytes.baseAddress, bytes.count)
    }
    #else
    private static func read(_ file: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        Darwin.read(file, bytes.baseAddress, bytes.count)
    }
    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Darwin.write(file, bytes.baseAddress, bytes.count)
    }
    #endif
}
