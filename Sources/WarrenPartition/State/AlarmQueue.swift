import HeapModule
package import Warren

/// The alarms that a partition waits for, earliest first.
///
/// Removing or moving an alarm only forgets its entry; the heap is rebuilt when more than half of its entries are
/// forgotten, so that loops which set and cancel long timers do not grow it.
package struct AlarmQueue {
    package enum Subject: Hashable, Sendable {
        case timer(TimerRow.Key)
        case lease(TaskLease.Key)
        case held(Int64)
        /// The permits of an activity.
        case permits(String)
    }

    private struct Entry: Comparable {
        var time: Timestamp
        /// The position in which the entry was set, which keeps entries with the same time in that order.
        var order: Int
        var subject: Subject

        static func < (left: Entry, right: Entry) -> Bool {
            left.time == right.time ? left.order < right.order : left.time < right.time
        }

        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Entry>()
    private var live: [Subject: (time: Timestamp, order: Int)] = [:]
    private var nextOrder = 0

    package init() {}

    /// The number of subjects that wait.
    package var count: Int { live.count }

    /// The number of entries in the heap, including those of forgotten subjects.
    package var size: Int { heap.count }

    /// Sets or moves the alarm of a subject.
    package mutating func set(_ subject: Subject, at time: Timestamp) {
        live[subject] = (time, nextOrder)
        heap.insert(Entry(time: time, order: nextOrder, subject: subject))
        nextOrder += 1
        trim()
    }

    package mutating func remove(_ subject: Subject) {
        guard live.removeValue(forKey: subject) != nil else { return }
        trim()
    }

    /// Whether a subject waits.
    package func contains(_ subject: Subject) -> Bool { live[subject] != nil }

    package mutating func removeAll(where isGone: (Subject) -> Bool) {
        for subject in live.keys.filter(isGone) { live[subject] = nil }
        trim()
    }

    /// The time of the earliest subject.
    package var next: Timestamp? {
        mutating get {
            dropForgotten()
            return heap.min?.time
        }
    }

    /// Removes and returns one subject with a due alarm.
    package mutating func popDue(_ now: Timestamp) -> Subject? {
        dropForgotten()
        guard let entry = heap.min, entry.time <= now else { return nil }
        heap.removeMin()
        live[entry.subject] = nil
        return entry.subject
    }

    private mutating func dropForgotten() {
        while let entry = heap.min, live[entry.subject]?.order != entry.order { heap.removeMin() }
    }

    private mutating func trim() {
        guard heap.count > 64, heap.count > 2 * live.count else { return }
        heap = Heap(live.map { Entry(time: $1.time, order: $1.order, subject: $0) })
    }
}
