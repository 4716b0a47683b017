import Warren
import WarrenStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of lines that is written at its end. Its functions word the errors of the system calls.
final class ExportFile {
    private let path: String
    private let descriptor: Int32
    /// The number of bytes that are durable.
    private(set) var size = 0

    /// Makes a file that does not exist yet, for this user only.
    ///
    /// - Returns: `nil` if there is one of that name.
    init?(making path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor < 0 else { return }
        if errno == EEXIST { return nil }
        throw Self.failure("The export cannot be made", path)
    }

    private init(opening path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Self.failure("The export cannot be opened", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("The export cannot be examined", path) }
        size = Int(status.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Takes what is to be written, and writes it in large parts.
    struct Sink {
        private let file: ExportFile
        private var buffer: [UInt8] = []
        private var offset: Int

        init(_ file: ExportFile) {
            self.file = file
            offset = file.size
        }

        mutating func put(_ text: some StringProtocol) throws(StorageError) { try put(bytes: Array(text.utf8)) }

        mutating func put(bytes: [UInt8]) throws(StorageError) {
            buffer += bytes
            if buffer.count >= 1 << 20 { try flush() }
        }

        private mutating func flush() throws(StorageError) {
            try file.write(buffer, at: offset)
            offset += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }

        /// Makes everything durable.
        mutating func end() throws(StorageError) {
            try flush()
            guard fsync(file.descriptor) == 0 else {
                throw ExportFile.failure("The export cannot be written", file.path)
            }
            file.size = offset
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let part = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written,
                    off_t(offset + written))
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { throw Self.failure("The export cannot be written", path) }
            written += part
        }
    }

    /// Removes what was written and not made durable.
    ///
    /// - Returns: whether that succeeded.
    func takeBack() -> Bool { ftruncate(descriptor, off_t(size)) == 0 }

    // MARK: - Reading lines back

    /// Cuts off what stands behind the last line feed.
    static func cutLastLine(of path: String) throws(StorageError) {
        let file = try ExportFile(opening: path)
        let starts = try file.lineStarts(last: 0)
        guard let end = starts.first, end < file.size else { return }
        guard ftruncate(file.descriptor, off_t(end)) == 0, fsync(file.descriptor) == 0 else {
            throw failure("The export cannot be cut", path)
        }
    }

    /// The beginnings of the last whole lines of a file, the last one first.
    static func beginnings(ofLast most: Int, of path: String, bytes: Int) throws(StorageError) -> [[UInt8]] {
        let file = try ExportFile(opening: path)
        let starts = try file.lineStarts(last: most)
        var lines: [[UInt8]] = []
        for (end, start) in zip(starts, starts.dropFirst()) {
            lines.append(try file.read(min(bytes, end - start), at: start))
        }
        return lines
    }

    /// The place behind the last line feed, then the places at which the last lines before it begin, the last one first.
    private func lineStarts(last most: Int) throws(StorageError) -> [Int] {
        var starts: [Int] = []
        var end = size
        while end > 0, starts.count <= most {
            let start = max(0, end - 64 << 10)
            let bytes = try read(end - start, at: start)
            for index in bytes.indices.reversed() where bytes[index] == UInt8(ascii: "\n") {
                starts.append(start + index + 1)
                if starts.count > most { break }
            }
            end = start
        }
        if starts.count <= most { starts.append(0) }
        return starts
    }

    private func read(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let part = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { throw Self.failure("The export cannot be read", path) }
            done += part
        }
        return bytes
    }

    // MARK: - The folder

    static func makeFolder(_ path: String) throws(StorageError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let number = errno
        if number == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw failure("The folder of exports cannot be made", path)
    }

    static func names(in folder: String) throws(StorageError) -> [String] {
        guard let directory = opendir(folder) else { throw failure("The folder of exports cannot be read", folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    static func makeDurable(folder: String) throws(StorageError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("The folder of exports cannot be made durable", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure("The folder of exports cannot be made durable", folder)
        }
    }

    /// Describes the failure of the last system call.
    private static func failure(_ what: String, _ path: String) -> StorageError {
        let number = errno
        return StorageError(
            number == ENOSPC || number == EDQUOT ? .full : .io, "\(what): \(String(cString: strerror(number))).",
            path: path)
    }
}
