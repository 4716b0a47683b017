import DequeModule

/// External events that arrived, and the tasks that wait for one: by name without regard to case, first come, first served
/// on both sides.
struct EventInbox {
    struct Arrival {
        var sequence: Int
        var event: RaisedEvent
    }

    /// At any time at least one of the two is empty.
    private struct Lane {
        var arrivals: Deque<Arrival> = []
        var waiting: Deque<TaskSlot> = []
    }

    private var lanes: [ExactText: Lane] = [:]
    private var nextSequence = 0
    /// Events that were handed to a task whose value nobody has looked at yet.
    private var unread: [Int: RaisedEvent] = [:]

    /// The task that takes the event, if one waits; else the event is kept.
    mutating func receive(_ event: RaisedEvent) -> TaskSlot? {
        defer { nextSequence += 1 }
        return assign(Arrival(sequence: nextSequence, event: event))
    }

    /// Takes the oldest kept event for a task, or puts the task in line.
    mutating func request(_ slot: TaskSlot) -> Payload? {
        let key = Self.key(slot.name)
        guard let arrival = lanes[key]?.arrivals.popFirst() else {
            lanes[key, default: Lane()].waiting.append(slot)
            return nil
        }
        removeIfEmpty(key)
        hand(arrival, to: slot)
        return arrival.event.input
    }

    /// Takes a task out of the line.
    mutating func withdraw(_ slot: TaskSlot) {
        let key = Self.key(slot.name)
        lanes[key]?.waiting.removeAll { $0 === slot }
        removeIfEmpty(key)
    }

    /// Whether a task has taken an event that the orchestrator has not seen.
    func isUnread(_ slot: TaskSlot) -> Bool { slot.kind == .event && unread[slot.id] != nil }

    /// Takes an unseen event back from its task: it goes to the first task in line, or to its place among those kept.
    ///
    /// - Returns: the task that takes it now, if there is one.
    mutating func takeBack(_ slot: TaskSlot) -> (slot: TaskSlot, input: Payload)? {
        guard let event = unread.removeValue(forKey: slot.id) else { return nil }
        let arrival = Arrival(sequence: slot.id, event: event)
        slot.id = -1
        return assign(arrival).map { ($0, event.input) }
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

    private mutating func assign(_ arrival: Arrival) -> TaskSlot? {
        let key = Self.key(arrival.event.name)
        guard let slot = lanes[key]?.waiting.popFirst() else {
            let index = lanes[key]?.arrivals.firstIndex { $0.sequence > arrival.sequence }
            var lane = lanes.removeValue(forKey: key) ?? Lane()
            lane.arrivals.insert(arrival, at: index ?? lane.arrivals.endIndex)
            lanes[key] = lane
            return nil
        }
        removeIfEmpty(key)
        hand(arrival, to: slot)
        return slot
    }

    private mutating func hand(_ arrival: Arrival, to slot: TaskSlot) {
        unread[arrival.sequence] = arrival.event
        slot.id = arrival.sequence
    }

    private mutating func removeIfEmpty(_ key: ExactText) {
        if let lane = lanes[key], lane.arrivals.isEmpty, lane.waiting.isEmpty { lanes[key] = nil }
    }

    private static func key(_ name: String) -> ExactText { ExactText(name.lowercased()) }
}
