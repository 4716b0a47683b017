/// Holds copies of texts and bytes that are bound to a statement, in memory that the next run uses again.
///
/// Copies that SQLite makes (`SQLITE_TRANSIENT`) cost an allocation for each parameter and run.
struct ParameterMemory: ~Copyable {
    /// The maximum size of the memory. Parameters that do not fit are copied by SQLite.
    static let mostBytes = 16 << 10

    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var used = 0
    /// The number of bytes that all parameters since the last `clear` would have needed.
    private var wanted = 0

    deinit { memory.deallocate() }

    /// The number of bytes that it occupies.
    var capacity: Int { memory.count }

    /// Copies bytes.
    ///
    /// - Returns: the address of the copy, which is valid until the next `clear`; `nil` if there is no room for it.
    mutating func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        wanted += bytes.count
        guard let start = memory.baseAddress, bytes.count <= memory.count - used else { return nil }
        let copy = start + used
        UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
        used += bytes.count
        return UnsafeRawPointer(copy)
    }

    /// Forgets all copies, and makes room for as many bytes as there were.
    mutating func clear() {
        if wanted > memory.count, memory.count < Self.mostBytes {
            memory.deallocate()
            memory = .allocate(byteCount: min(max(128, 2 * wanted), Self.mostBytes), alignment: 16)
        }
        used = 0
        wanted = 0
    }
}
