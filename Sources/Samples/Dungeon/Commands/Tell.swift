#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Prints a line now: standard output is buffered when it is a file or a pipe.
func tell(_ line: String) {
    print(line)
    fflush(nil)
}
