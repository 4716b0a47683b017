#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Measures an append of 4 KiB to a file and its way to the disk.
struct FsyncProbe: Sendable {
    private let path: String

    init(directory: String) {
        path = "\(directory)/fsync"
    }

    func sample(_ count: Int) throws -> [Double] {
        let file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        guard file >= 0 else { throw Self.error("opened") }
        defer { close(file) }
        let block = [UInt8](repeating: 7, count: 4096)
        return try (0..<count).map { _ in
            let start = Ticks.now
            guard write(file, block, block.count) == block.count else { throw Self.error("written") }
            guard fsync(file) == 0 else { throw Self.error("flushed") }
            return start.milliseconds()
        }
    }

    private static func error(_ what: String) -> BenchError {
        BenchError(.host, "A file in the data directory cannot be \(what): \(String(cString: strerror(errno)))")
    }
}
