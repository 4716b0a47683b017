import CSQLite

/// Gathers writes that follow each other in a file, and makes one of them.
///
/// SQLite writes a page to its log in two parts, its 24 bytes and the page, and a commit has many pages: each part is a
/// system call, and most touch a page of memory that the next part touches again.
///
/// Gathered bytes are not written yet: every other use of the file has to call ``flush()`` first. After a failed write
/// every later write and flush fails: the gathered bytes are lost, and nothing that follows them may count.
final class GatheredWrites {
    /// The maximum number of gathered bytes: the log of a commit of some 30 pages.
    static let mostBytes = 128 << 10

    /// Writes bytes at a place, and gives SQLite's result.
    private let write: (UnsafeRawBufferPointer, _ offset: Int64) -> Int32
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: mostBytes, alignment: 16)
    private var offset: Int64 = 0
    private var count = 0
    private var failure = SQLITE_OK

    init(_ write: @escaping (UnsafeRawBufferPointer, _ offset: Int64) -> Int32) {
        self.write = write
    }

    deinit { memory.deallocate() }

    /// Adds bytes at a place. If they do not follow the gathered bytes, or have no room beside them, those are written first.
    ///
    /// - Returns: SQLite's result.
    func add(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        if count > 0, offset != self.offset + Int64(count) || bytes.count > memory.count - count {
            let result = flush()
            guard result == SQLITE_OK else { return result }
        }
        guard failure == SQLITE_OK else { return failure }
        guard bytes.count <= memory.count else { return note(write(bytes, offset)) }
        if count == 0 { self.offset = offset }
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + bytes.count)]).copyMemory(from: bytes)
        count += bytes.count
        return SQLITE_OK
    }

    /// Writes the gathered bytes.
    ///
    /// - Returns: SQLite's result.
    func flush() -> Int32 {
        guard failure == SQLITE_OK, count > 0 else { return failure }
        defer { count = 0 }
        return note(write(UnsafeRawBufferPointer(rebasing: memory[..<count]), offset))
    }

    private func note(_ result: Int32) -> Int32 {
        if result != SQLITE_OK { failure = result }
        return result
    }
}
