#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The lines of a file or of standard input, one after the other: a long file is not read as a whole.
final class InputLines {
    /// The bytes of the longest line: a history of 100 MB is one line.
    private static let longest = 1 << 30

    private let path: String
    private let descriptor: Int32
    private var number = 0
    private var buffer: [UInt8] = []
    /// The bytes of the buffer that were given out.
    private var taken = 0
    private var isAtEnd = false

    /// - Parameter path: `-` for standard input.
    init(path: String) throws {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UsageError("The file '\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line without its end, and its number from 1; `nil` at the end.
    func next() throws -> (number: Int, text: String)? {
        var searched = taken
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { taken = end + 1 }
                return line(buffer[taken..<end])
            }
            searched = buffer.count
            guard !isAtEnd else {
                guard taken < buffer.count else { return nil }
                defer { taken = buffer.count }
                return line(buffer[taken...])
            }
            guard buffer.count - taken < Self.longest else {
                throw UsageError("Line \(number + 1) of '\(path)' is longer than \(Self.longest) bytes.")
            }
            buffer.removeFirst(taken)
            (searched, taken) = (searched - taken, 0)
            try fill()
        }
    }

    private func line(_ bytes: ArraySlice<UInt8>) -> (number: Int, text: String) {
        number += 1
        return (number, String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self))
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var count = read(descriptor, &chunk, chunk.count)
        while count < 0 && errno == EINTR { count = read(descriptor, &chunk, chunk.count) }
        guard count >= 0 else {
            throw UsageError("The file '\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
        isAtEnd = count == 0
        buffer += chunk[..<count]
    }
}
