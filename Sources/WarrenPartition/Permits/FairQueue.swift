import DequeModule
import HeapModule
import Warren

/// Calls that wait for permits of one activity, in the order in which they get them. Pure.
///
/// 1. The highest priority goes first.
/// 2. Within a priority, the key with the fewest permits at the moment goes first.
/// 3. Among those, keys take turns: start-time fair queuing with calls of equal weight. A key that comes back begins at
///    the present turn, so nobody saves turns up by being idle.
/// 4. Within a key, calls go in the order of their arrival.
///
/// ``next(isPatienceOver:)`` can also give the turn to the call that has waited longest, whatever its priority and key.
package struct FairQueue {
    /// The calls of one key in one priority.
    private struct Line {
        /// In order of arrival; those that were removed meanwhile are skipped.
        var ids: Deque<Int64>
        var count: Int
        /// The turn of the first one.
        var turn: UInt64
        /// Distinguishes the entry in the heap that counts from earlier ones.
        var version: UInt64
    }

    private struct Entry: Comparable {
        var running: Int
        var turn: UInt64
        /// Keeps entries with the same turn in the order in which they came to it.
        var version: UInt64
        var key: ExactText

        static func < (left: Entry, right: Entry) -> Bool {
            (left.running, left.turn, left.version) < (right.running, right.turn, right.version)
        }

        static func == (left: Entry, right: Entry) -> Bool { left.version == right.version }
    }

    private struct Level {
        var lines: [ExactText: Line] = [:]
        var heap = Heap<Entry>()
        /// The turn of the last call that was taken.
        var turn: UInt64 = 0
        /// The turns of keys that have no call at present and are ahead of the level's turn.
        var ahead: [ExactText: UInt64] = [:]
    }

    private var calls: [Int64: PermitCall] = [:]
    private var levels: [Int: Level] = [:]
    /// All calls in order of arrival; those that are gone are skipped.
    private var arrivals: Deque<Int64> = []
    /// The number of permits that keys have.
    private var running: [ExactText: Int] = [:]
    private var lastVersion: UInt64 = 0

    package init() {}

    /// The number of calls that wait.
    package var count: Int { calls.count }
    package var isEmpty: Bool { calls.isEmpty }

    /// The call that has waited longest.
    package var oldest: PermitCall? {
        mutating get {
            while let id = arrivals.first {
                if let call = calls[id] { return call }
                arrivals.removeFirst()
            }
            return nil
        }
    }

    /// Adds a call. Calls are added in the order of their numbers.
    package mutating func insert(_ call: PermitCall) {
        calls[call.id] = call
        arrivals.append(call.id)
        let key = ExactText(call.fairnessKey)
        var level = levels.removeValue(forKey: call.priority) ?? Level()
        if var line = level.lines.removeValue(forKey: key) {
            line.ids.append(call.id)
            line.count += 1
            level.lines[key] = line
        } else {
            let turn = max(level.turn, level.ahead.removeValue(forKey: key) ?? 0)
            level.lines[key] = Line(ids: [call.id], count: 1, turn: turn, version: 0)
            push(key, &level)
        }
        levels[call.priority] = level
    }

    /// Removes a call that does not wait any more.
    @discardableResult
    package mutating func remove(_ id: Int64) -> PermitCall? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        let key = ExactText(call.fairnessKey)
        var level = levels.removeValue(forKey: call.priority) ?? Level()
        if var line = level.lines.removeValue(forKey: key) {
            line.count -= 1
            if line.count > 0 {
                if line.ids.count > 2 * line.count + 16 { line.ids.removeAll { calls[$0] == nil } }
                level.lines[key] = line
            } else if line.turn > level.turn {
                level.ahead[key] = line.turn
            }
        }
        if !level.lines.isEmpty { levels[call.priority] = level }
        trim()
        return call
    }

    /// Takes the call that gets the next permit.
    ///
    /// - Parameter isPatienceOver: whether it is the turn of the call that has waited longest.
    package mutating func next(isPatienceOver: Bool = false) -> PermitCall? {
        if isPatienceOver, let oldest { return take(oldest) }
        guard let priority = levels.keys.max(), var level = levels.removeValue(forKey: priority) else { return nil }
        while let entry = level.heap.popMin() {
            guard var line = level.lines[entry.key], line.version == entry.version else { continue }
            while let id = line.ids.first {
                guard let call = calls[id] else {
                    line.ids.removeFirst()
                    continue
                }
                level.lines[entry.key] = line
                levels[priority] = level
                return take(call)
            }
        }
        return nil
    }

    private mutating func take(_ call: PermitCall) -> PermitCall {
        let key = ExactText(call.fairnessKey)
        if var level = levels.removeValue(forKey: call.priority) {
            if let turn = level.lines[key]?.turn {
                if turn > level.turn {
                    level.turn = turn
                    level.ahead = level.ahead.filter { $0.value > turn }
                }
                level.lines[key]?.turn = turn + 1
                push(key, &level)
            }
            levels[call.priority] = level
        }
        remove(call.id)
        return call
    }

    /// Notes that a key has a permit more, or fewer.
    package mutating func count(_ change: Int, of fairnessKey: String) {
        let key = ExactText(fairnessKey)
        let count = (running[key] ?? 0) + change
        running[key] = count > 0 ? count : nil
        for (priority, var level) in levels where level.lines[key] != nil {
            levels[priority] = nil
            push(key, &level)
            levels[priority] = level
        }
    }

    /// Puts a line into the heap at its present place; its earlier entry does not count any more.
    private mutating func push(_ key: ExactText, _ level: inout Level) {
        guard var line = level.lines.removeValue(forKey: key) else { return }
        lastVersion += 1
        line.version = lastVersion
        level.heap.insert(Entry(running: running[key] ?? 0, turn: line.turn, version: lastVersion, key: key))
        level.lines[key] = line
        guard level.heap.count > 64, level.heap.count > 2 * level.lines.count else { return }
        let running = running
        level.heap = Heap(
            level.lines.map { Entry(running: running[$0] ?? 0, turn: $1.turn, version: $1.version, key: $0) })
    }

    private mutating func trim() {
        if calls.isEmpty {
            arrivals = []
        } else if arrivals.count > 2 * calls.count + 64 {
            arrivals.removeAll { calls[$0] == nil }
        }
    }
}
