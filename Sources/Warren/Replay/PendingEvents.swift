import DequeModule

/// The external events that arrived, and the tasks that wait for one: by name without regard to case, first in, first
/// out on both sides.
struct PendingEvents {
    struct Arrival {
        var sequence: Int
        var event: RaisedEvent
    }

    /// An event that no wait can read, with the reason.
    struct Refused {
        var event: RaisedEvent
        var reason: String
    }

    /// The treatment of an event.
    enum Reception {
        case taken(TaskSlot, Payload)
        case kept
        case refused(Refused)
    }

    /// The events and the waiting tasks of one name. At any time at least one of the two lists is empty.
    private struct Lane {
        var arrivals: Deque<Arrival> = []
        var waiting: Deque<TaskSlot> = []
    }

    private var lanes: [ExactText: Lane] = [:]
    private var nextSequence = 0
    /// Events that were assigned to a task and that the orchestrator has not read.
    private var unread: [Int: RaisedEvent] = [:]
    /// Whether the waiting tasks may differ from those that ``takeChangedWaits()`` returned last. The first call returns
    /// them in any case: nothing is known of what an earlier session reported.
    private var hasChangedWaits = true

    /// Assigns an event to the first waiting task that can read it; without one the event is kept.
    mutating func receive(_ event: RaisedEvent, _ codec: any PayloadCodec) -> Reception {
        defer { nextSequence += 1 }
        return assign(Arrival(sequence: nextSequence, event: event), codec)
    }

    /// Assigns the oldest kept event that a task can read, or lets the task wait.
    ///
    /// - Parameters:
    ///   - now: the time of the episode.
    ///   - refused: called with the earlier events that the task cannot read; they are not kept.
    mutating func request(
        _ slot: TaskSlot, _ codec: any PayloadCodec, at now: Timestamp, refused: (Refused) -> Void
    ) -> Payload? {
        let key = Self.key(slot.name)
        while let arrival = lanes[key]?.arrivals.popFirst() {
            removeIfEmpty(key)
            if let reason = Self.problem(arrival.event, slot, codec) {
                refused(Refused(event: arrival.event, reason: reason))
                continue
            }
            deliver(arrival, to: slot)
            return arrival.event.input
        }
        slot.waitsSince = now
        lanes[key, default: Lane()].waiting.append(slot)
        hasChangedWaits = true
        return nil
    }

    /// Removes a task from those that wait.
    mutating func withdraw(_ slot: TaskSlot) {
        let key = Self.key(slot.name)
        lanes[key]?.waiting.removeAll { $0 === slot }
        hasChangedWaits = true
        removeIfEmpty(key)
    }

    /// Whether a task has taken an event that the orchestrator has not seen.
    func isUnread(_ slot: TaskSlot) -> Bool { slot.kind == .event && unread[slot.id] != nil }

    /// Removes an unseen event from its task: it goes to the first waiting task that can read it, or to its place among
    /// the kept events.
    mutating func reclaim(_ slot: TaskSlot, _ codec: any PayloadCodec) -> Reception {
        guard let event = unread.removeValue(forKey: slot.id) else { return .kept }
        let arrival = Arrival(sequence: slot.id, event: event)
        slot.id = -1
        return assign(arrival, codec)
    }

    /// Records that the orchestrator has seen the event that a task took.
    mutating func markRead(_ slot: TaskSlot) {
        unread[slot.id] = nil
    }

    /// Events that the orchestrator has not seen, in order of arrival.
    var unprocessed: [RaisedEvent] {
        let kept = lanes.values.flatMap(\.arrivals) + unread.map { Arrival(sequence: $0.key, event: $0.value) }
        return kept.sorted { $0.sequence < $1.sequence }.map(\.event)
    }

    // MARK: What is waited for

    /// The waits for events; `nil` if none has begun or ended since the last call.
    mutating func takeChangedWaits() -> EventWaits? {
        guard hasChangedWaits else { return nil }
        hasChangedWaits = false
        var waits = EventWaits()
        var count = 0
        for lane in lanes.values {
            count += lane.waiting.count
            // A lane is in the order in which its waits began, so the oldest of all are among the first of each.
            for slot in lane.waiting.prefix(EventWaits.mostNamed) {
                waits.addIfOld(EventWaits.Wait(name: slot.name, since: slot.waitsSince))
            }
        }
        waits.others = count - waits.named.count
        return waits
    }

    private mutating func assign(_ arrival: Arrival, _ codec: any PayloadCodec) -> Reception {
        let key = Self.key(arrival.event.name)
        guard let waiting = lanes[key]?.waiting, !waiting.isEmpty else {
            let index = lanes[key]?.arrivals.firstIndex { $0.sequence > arrival.sequence }
            var lane = lanes.removeValue(forKey: key) ?? Lane()
            lane.arrivals.insert(arrival, at: index ?? lane.arrivals.endIndex)
            lanes[key] = lane
            return .kept
        }
        var reason: String?
        for (index, slot) in waiting.enumerated() {
            if let problem = Self.problem(arrival.event, slot, codec) {
                reason = reason ?? problem
                continue
            }
            lanes[key]?.waiting.remove(at: index)
            hasChangedWaits = true
            removeIfEmpty(key)
            deliver(arrival, to: slot)
            return .taken(slot, arrival.event.input)
        }
        return .refused(Refused(event: arrival.event, reason: reason ?? ""))
    }

    /// The reason why a task cannot read an event; `nil` if it can.
    private static func problem(_ event: RaisedEvent, _ slot: TaskSlot, _ codec: any PayloadCodec) -> String? {
        guard let check = slot.check else { return nil }
        do {
            try check(event.input, codec)
            return nil
        } catch {
            return (error as? WarrenError)?.mismatch ?? String(describing: error)
        }
    }

    private mutating func deliver(_ arrival: Arrival, to slot: TaskSlot) {
        unread[arrival.sequence] = arrival.event
        slot.id = arrival.sequence
    }

    private mutating func removeIfEmpty(_ key: ExactText) {
        if let lane = lanes[key], lane.arrivals.isEmpty, lane.waiting.isEmpty { lanes[key] = nil }
    }

    private static func key(_ name: String) -> ExactText { ExactText(name.lowercased()) }
}
