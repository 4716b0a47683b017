/// The number of unacknowledged messages that the intake may have in a hub with a payload folder, where bodies may have
/// 64 MiB: a few at first, a few beyond those that are being worked on after a large one, and twice as many whenever a few
/// small ones have arrived.
///
/// So a queue full of large messages is read a few at a time, also by a host that has just started. A burst of them that
/// begins among small messages may be as long as the configured number.
///
/// There is always room for a few messages more than partitions hold: a partition that takes nothing must not keep the
/// intake from growing, and from the point at which the partition's messages take their detour.
struct IntakeWindow: Sendable, Hashable {
    /// The number of messages at first, and of further ones after a large one.
    static let fewest = 8

    /// The configured number.
    let most: Int
    private(set) var current: Int
    /// The small messages since the last change.
    private var small = 0

    init(most: Int) {
        self.most = most
        current = min(Self.fewest, most)
    }

    /// Notes a large message.
    ///
    /// - Parameter held: the number of messages that partitions have, and have not settled.
    /// - Returns: the new number, if it changes.
    mutating func narrow(held: Int) -> Int? {
        small = 0
        return change(to: min(held + Self.fewest, most))
    }

    /// Notes messages; `narrow` has been called for a large one among them.
    ///
    /// - Returns: the new number, if it changes.
    mutating func widen(after count: Int) -> Int? {
        guard current < most else { return nil }
        small += count
        guard small >= min(Self.fewest, most) else { return nil }
        small = 0
        return change(to: min(2 * current, most))
    }

    private mutating func change(to number: Int) -> Int? {
        guard number != current else { return nil }
        current = number
        return number
    }
}
