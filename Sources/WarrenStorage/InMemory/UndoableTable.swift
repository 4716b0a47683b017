/// A dictionary that can undo its changes since the last commit.
///
/// A change costs as much as the change itself, not as much as a copy of all rows.
struct UndoableTable<Key: Hashable, Value> {
    private var rows: [Key: Value] = [:]
    /// The previous values, oldest first.
    private var undo: [(key: Key, old: Value?)] = []

    var count: Int { rows.count }
    var values: Dictionary<Key, Value>.Values { rows.values }

    subscript(key: Key) -> Value? { rows[key] }

    /// - Returns: the previous value.
    @discardableResult
    mutating func set(_ value: Value?, at key: Key) -> Value? {
        let old = rows[key]
        rows[key] = value
        undo.append((key, old))
        return old
    }

    mutating func removeAll(where isGone: (Value) -> Bool) {
        for key in rows.filter({ isGone($0.value) }).keys { set(nil, at: key) }
    }

    mutating func commit() { undo.removeAll(keepingCapacity: true) }

    mutating func rollBack() {
        for (key, old) in undo.reversed() { rows[key] = old }
        undo = []
    }
}
