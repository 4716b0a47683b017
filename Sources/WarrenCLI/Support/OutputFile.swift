#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that a command writes, readable by its owner only, or standard output.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private let isStandardOutput: Bool

    /// Standard output.
    init() {
        (path, descriptor, isStandardOutput) = ("standard output", STDOUT_FILENO, true)
    }

    /// - Parameter keeps: whether what is in the file stays, and more is written behind it. Otherwise a file that has
    ///   something in it is refused.
    init(path: String, keeps: Bool) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (keeps ? 0 : O_EXCL), 0o600)
        guard descriptor >= 0 else {
            let why = String(cString: strerror(errno))
            throw UsageError(
                errno == EEXIST
                    ? "There is a file '\(path)' already: name another, remove it, or go on in it with --resume."
                    : "The file '\(path)' cannot be written: \(why)")
        }
        self.path = path
        self.descriptor = descriptor
        isStandardOutput = false
    }

    deinit { if !isStandardOutput { close(descriptor) } }

    /// Keeps the complete lines of the file, and writes behind them from now on.
    ///
    /// - Returns: the last of these lines; `nil` if there is none.
    func keepCompleteLines() throws -> String? {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw failure("read") }
        // 1. Finds the end of the last complete line, and the end of the one before, from the file's end.
        var (end, start) = (nil as off_t?, 0 as off_t)
        var position = size
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        scan: while position > 0 {
            let count = min(Int(position), chunk.count)
            position -= off_t(count)
            guard pread(descriptor, &chunk, count, position) == count else { throw failure("read") }
            for index in (0..<count).reversed() where chunk[index] == UInt8(ascii: "\n") {
                guard end != nil else {
                    end = position + off_t(index)
                    continue
                }
                start = position + off_t(index) + 1
                break scan
            }
        }
        // 2. Cuts the file behind it.
        let kept = end.map { $0 + 1 } ?? 0
        guard ftruncate(descriptor, kept) == 0, lseek(descriptor, kept, SEEK_SET) == kept else { throw failure("cut") }
        guard let end else { return nil }
        // 3. Reads it.
        var line = [UInt8](repeating: 0, count: Int(end - start))
        var done = 0
        while done < line.count {
            let count = line.withUnsafeMutableBytes { bytes in
                pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, start + off_t(done))
            }
            guard count > 0 else { throw failure("read") }
            done += count
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Writes at once.
    func put(_ text: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure("written")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Waits until all of it is on the disk.
    func finish() throws {
        guard isStandardOutput || fsync(descriptor) == 0 else { throw failure("written") }
    }

    private func failure(_ verb: String) -> OutputError {
        OutputError(description: "'\(path)' cannot be \(verb): \(String(cString: strerror(errno)))")
    }
}

/// Data that could not be written.
struct OutputError: Error, CustomStringConvertible {
    let description: String
}
