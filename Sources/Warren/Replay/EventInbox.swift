import DequeModule

/// External events that arrived, and who waits for one: by name without regard to case, first come, first served on
/// both sides.
struct EventInbox {
    struct Arrival {
        var sequence: Int
        var event: RaisedEvent
    }

    private struct Lane {
        var arrivals: Deque<Arrival> = []
        var waiting: Deque<TaskSlot> = []
    }

    private var lanes: [String: Lane] = [:]
    private var nextSequence = 0
    /// Events that were handed to a task whose value nobody has looked at yet.
    private var unread: [Int: RaisedEvent] = [:]

    /// The task that takes the event, if one waits; else the event is kept.
    mutating func receive(_ event: RaisedEvent) -> TaskSlot? {
        let sequence = nextSequence
        nextSequence += 1
        let key = event.name.lowercased()
        guard let slot = lanes[key]?.waiting.popFirst() else {
            lanes[key, default: Lane()].arrivals.append(Arrival(sequence: sequence, event: event))
            return nil
        }
        removeIfEmpty(key)
        unread[sequence] = event
        slot.id = sequence
        return slot
    }

    /// Takes the oldest kept event for a task, or puts the task in line.
    mutating func request(_ slot: TaskSlot) -> Payload? {
        let key = slot.name.lowercased()
        guard let arrival = lanes[key]?.arrivals.popFirst() else {
            lanes[key, default: Lane()].waiting.append(slot)
            return nil
        }
        removeIfEmpty(key)
        unread[arrival.sequence] = arrival.event
        slot.id = arrival.sequence
        return arrival.event.input
    }

    /// Takes a task out of the line.
    mutating func withdraw(_ slot: TaskSlot) {
        let key = slot.name.lowercased()
        lanes[key]?.waiting.removeAll { $0 === slot }
        removeIfEmpty(key)
    }

    /// The orchestrator has seen the event that a task took.
    mutating func markRead(_ slot: TaskSlot) {
        unread[slot.id] = nil
    }

    /// Events that the orchestrator has not seen, in order of arrival.
    var unprocessed: [RaisedEvent] {
        let kept = lanes.values.flatMap(\.arrivals) + unread.map { Arrival(sequence: $0.key, event: $0.value) }
        return kept.sorted { $0.sequence < $1.sequence }.map(\.event)
    }

    private mutating func removeIfEmpty(_ key: String) {
        if let lane = lanes[key], lane.arrivals.isEmpty, lane.waiting.isEmpty { lanes[key] = nil }
    }
}
