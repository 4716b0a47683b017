/// Bytes on their way to the socket: appended at the end, removed at the front. Memory is kept, unless an alarm of the
/// broker made it grow.
final class OutboundBuffer {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var head = 0
    private var tail = 0

    /// An empty buffer larger than this is reset to its first size.
    private static let keptCapacity = 4 << 20
    private let firstCapacity: Int

    init(capacity: Int = 1 << 18) {
        firstCapacity = capacity
        self.capacity = capacity
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// The number of waiting bytes.
    var count: Int { tail - head }

    /// The waiting bytes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory + head, count: count) }

    /// Reserves at least this many bytes at the end; `commit` those that were written.
    func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if capacity - tail < count { makeRoom(count) }
        return memory + tail
    }

    func commit(_ count: Int) { tail += count }

    func removeFirst(_ count: Int) {
        head += count
        guard head == tail else { return }
        head = 0
        tail = 0
        if capacity > Self.keptCapacity {
            memory.deallocate()
            memory = .allocate(byteCount: firstCapacity, alignment: 16)
            capacity = firstCapacity
        }
    }

    /// A position to return to when a message turns out not to be writable.
    var mark: Int { count }

    func rollBack(to mark: Int) { tail = head + mark }

    private func makeRoom(_ needed: Int) {
        let waiting = count
        guard head < capacity / 2 || capacity - waiting < needed else {
            memory.copyMemory(from: memory + head, byteCount: waiting)
            head = 0
            tail = waiting
            return
        }
        let larger = max(capacity * 2, waiting + needed)
        let target = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        target.copyMemory(from: memory + head, byteCount: waiting)
        memory.deallocate()
        memory = target
        capacity = larger
        head = 0
        tail = waiting
    }
}
