#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes lines that are seen at once, also where standard output is a file or a pipe.
///
/// `print` is buffered there, and `fflush(nil)`, which empties all buffers, waits for a thread that waits for typed input.
public enum StandardOutput {
    /// Writes a line. What a reader that has gone away does not take is dropped.
    public static func say(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }
}
