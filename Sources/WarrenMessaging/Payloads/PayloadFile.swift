import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of a payload folder. Its functions word the errors of the system calls.
struct PayloadFile {
    private let path: String
    private let descriptor: Int32

    /// Opens a file to read it.
    init(reading path: String) throws(PayloadStoreError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system("A payload cannot be read", path) }
    }

    /// Makes a file that does not exist yet, for this user only.
    init(making path: String) throws(PayloadStoreError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("A payload cannot be stored", path) }
    }

    func close() { Self.closeDescriptor(descriptor) }

    private static func closeDescriptor(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    func size() throws(PayloadStoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("A payload cannot be examined", path) }
        return Int(status.st_size)
    }

    /// Reads bytes from the beginning. Fewer are returned only at the file's end.
    func read(_ count: Int) throws(PayloadStoreError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let start = buffer.baseAddress {
                let part = pread(descriptor, start + filled, count - filled, off_t(filled))
                if part > 0 {
                    filled += part
                } else if part == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else {
            errno = failure
            throw .system("A payload cannot be read", path)
        }
        return bytes
    }

    /// Writes bytes to the beginning, and makes them durable.
    func write(_ bytes: [UInt8]) throws(PayloadStoreError) {
        var written = 0
        while written < bytes.count {
            let part = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written, off_t(written))
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { throw .system("A payload cannot be stored", path) }
            written += part
        }
        guard fsync(descriptor) == 0 else { throw .system("A payload cannot be stored", path) }
    }

    // MARK: - Files by their paths

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Gives a file of a size the present time.
    ///
    /// - Returns: whether there is one.
    static func refresh(_ path: String, size: Int) throws(PayloadStoreError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, Int(status.st_size) == size else { return false }
        // `nil` stands for the present time. The file may just have been removed.
        return utimensat(AT_FDCWD, path, nil, 0) == 0
    }

    /// The time at which a file was stored; `nil` if it is not there.
    static func time(of path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Timestamp(microseconds: Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000)
    }

    /// The text of a small file; `nil` if it cannot be read.
    static func text(of path: String) -> String? {
        do throws(PayloadStoreError) {
            let file = try PayloadFile(reading: path)
            defer { file.close() }
            let bytes = try file.read(1024)
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        } catch {
            return nil
        }
    }

    /// The names in a folder, in order; `nil` if there is no such folder.
    static func names(in folder: String) throws(PayloadStoreError) -> [String]? {
        guard let directory = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system("The payload folder cannot be read", folder)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes the names in a folder durable.
    static func makeDurable(folder: String) throws(PayloadStoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("The payload folder cannot be made durable", folder) }
        defer { closeDescriptor(descriptor) }
        // File systems of the network may not support it, and make names durable by themselves.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .system("The payload folder cannot be made durable", folder)
        }
    }
}

extension PayloadStoreError {
    /// Describes the failure of the last system call.
    static func system(_ what: String, _ path: String) -> PayloadStoreError {
        let number = errno
        let code: Code =
            switch number {
            case ENOENT: .missing
            case ENOSPC, EDQUOT: .full
            default: .unavailable
            }
        return PayloadStoreError(code, "\(what): \(String(cString: strerror(number))) (\(path)).")
    }
}
