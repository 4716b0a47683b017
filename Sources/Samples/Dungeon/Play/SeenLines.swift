import WarrenClient

/// Tells lines that come for the first time from those that come again.
struct SeenLines {
    /// How many are remembered; a line comes again soon, or not at all.
    private static let length = 10_000

    private var known: Set<String> = []
    private var order: [String] = []

    /// Whether the line has not been seen. From now on it has.
    mutating func isNew(_ line: ConsoleLine) -> Bool {
        guard known.insert(line.id).inserted else { return false }
        order.append(line.id)
        if order.count > 2 * Self.length {
            known.subtract(order.prefix(Self.length))
            order.removeFirst(Self.length)
        }
        return true
    }
}
