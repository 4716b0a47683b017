import Warren
import WarrenSupport

/// A few connections for reads from any thread. A caller that finds all of them in use waits for one.
final class ReaderPool: Sendable {
    private static let size = 4

    private struct State {
        var free: [PartitionReader] = []
        /// The number of open connections, free or in use.
        var count = 0
        var isClosed = false
    }

    private enum Turn {
        case use(PartitionReader)
        case open
        case closed
    }

    private let path: String
    private let monitor = Monitor(State())
    /// Raised to stop running reads.
    let end = ReadEnd()

    init(path: String) {
        self.path = path
    }

    func read<Result>(
        _ body: (PartitionReader) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        let reader = try take()
        defer { monitor.change { $0.free.append(reader) } }
        return try body(reader)
    }

    /// Stops running reads, and waits for them: the end of a host does not wait for a listing of a large partition.
    /// They fail as later ones do.
    func close() {
        end.raise()
        monitor.change { $0.isClosed = true }
        monitor.wait { state in
            state.count -= state.free.count
            state.free = []
            return state.count == 0 ? () : nil
        }
    }

    private func take() throws(StorageError) -> PartitionReader {
        let turn: Turn = monitor.wait { state in
            if state.isClosed { return .closed }
            if let reader = state.free.popLast() { return .use(reader) }
            guard state.count < Self.size else { return nil }
            state.count += 1
            return .open
        }
        switch turn {
        case .use(let reader): return reader
        case .closed: throw StorageError(.closed, "The store was closed.", path: path)
        case .open:
            do throws(StorageError) {
                return try PartitionReader(path: path, end: end)
            } catch {
                monitor.change { $0.count -= 1 }
                throw error
            }
        }
    }
}
