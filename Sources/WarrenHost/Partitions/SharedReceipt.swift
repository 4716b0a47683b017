import Synchronization

/// The receipt of a message with several effects, in several partitions: it is settled when the last of them is
/// durable.
final class SharedReceipt: Sendable {
    private let whole: Receipt
    private let open: Mutex<Int>

    /// - Parameter parts: the number of effects that have to be durable, at least 1.
    init(_ whole: Receipt, parts: Int) {
        self.whole = whole
        open = Mutex(parts)
    }

    /// Notes that one effect is durable.
    ///
    /// - Returns: the receipt of the message if this was the last effect; otherwise none.
    func settlePart() -> Receipt {
        open.withLock { count in
            count -= 1
            return count == 0 ? whole : .none
        }
    }
}
