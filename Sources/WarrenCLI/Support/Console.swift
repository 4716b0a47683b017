#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The process's two streams: data goes to standard output, everything else to standard error.
enum Console {
    /// Whether standard output is a terminal that wants colour.
    static var isColourful: Bool { isTerminal && Environment.value("NO_COLOR") == nil }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a line of data at once: the reader of a pipe may be following.
    static func out(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// Writes a part of a line of data.
    static func put(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes a line about the progress.
    static func note(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    /// Whether progress of long work is shown: standard error is a terminal, and data does not go to the same one.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !isTerminal }

    /// Shows progress in the place of what was shown before; an empty text removes it.
    static func progress(_ text: String) {
        guard showsProgress else { return }
        write("\r\u{1B}[K" + text, to: STDERR_FILENO)
    }

    /// Whether a person can be asked.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks a question; any answer but yes is no.
    static func confirms(_ question: String) -> Bool {
        write("\(question) [y/N] ", to: STDERR_FILENO)
        guard let answer = readLine()?.lowercased() else { return false }
        return answer == "y" || answer == "yes"
    }

    /// Everything on standard input, to its end.
    static func standardInput() throws -> [UInt8] {
        var input: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw UsageError("Standard input cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { return input }
            input += chunk[..<count]
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = systemWrite(descriptor, rest)
                if written < 0 {
                    if errno == EINTR { continue }
                    // The stream has no reader any more, and there is no other place to report that.
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
