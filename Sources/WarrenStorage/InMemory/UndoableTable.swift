/// A dictionary that can take back what was done to it since the last commit.
///
/// The cost of a change is that of the change, not that of a copy of everything stored.
struct UndoableTable<Key: Hashable, Value> {
    private var rows: [Key: Value] = [:]
    /// What was there before, oldest first.
    private var undo: [(key: Key, old: Value?)] = []

    var count: Int { rows.count }
    var values: Dictionary<Key, Value>.Values { rows.values }

    subscript(key: Key) -> Value? { rows[key] }

    /// - Returns: what was there before.
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
