import Synchronization

/// The receipt of a message that leads to several things, in several partitions: it is settled when the last of them is
/// durable.
final class SharedReceipt: Sendable {
    private let whole: Receipt
    private let open: Mutex<Int>

    /// - Parameter parts: how many things have to be durable, at least 1.
    init(_ whole: Receipt, parts: Int) {
        self.whole = whole
        open = Mutex(parts)
    }

    /// One of them is.
    ///
    /// - Returns: the receipt of the message if it was the last one; else none.
    func settlePart() -> Receipt {
        open.withLock { count in
            count -= 1
            return count == 0 ? whole : .none
        }
    }
}
