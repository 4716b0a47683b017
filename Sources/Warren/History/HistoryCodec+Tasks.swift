import WarrenSupport

/// Writes and reads what histories say of activities beyond call and answer: limits, attempts, heartbeats, cancellation.
extension HistoryCodec {
    enum TaskTag {
        /// A call with limits, or the third or a later attempt of a call.
        static let scheduledOnTerms: UInt8 = 34
        static let heartbeat: UInt8 = 35
        /// Precedes a call with a place among those that wait for permits.
        static let place: UInt8 = 56
    }

    static func write(_ id: Int, _ name: String, _ input: Payload, _ terms: TaskTerms, to writer: inout ByteWriter) {
        writer.id(id)
        writer.text(name)
        writer.payload(input)
        writer.optional(terms.retryOf) { $0.id($1) }
        writer.id(terms.attempt)
        for limit in terms.timeouts.inOrder { writer.optional(limit) { $0.signed($1.wholeMicroseconds) } }
        writer.signed(terms.spent.wholeMicroseconds)
    }

    /// Writes what precedes a call: its priority and key, and whether it waits for a permit.
    static func write(placeOf terms: TaskTerms, to writer: inout ByteWriter) {
        let order = terms.order
        writer.byte(TaskTag.place)
        writer.byte(terms.needsPermit ? 1 : 0)
        writer.optional(order.priority) { $0.id($1) }
        writer.optional(order.fairnessKey) { $0.text($1) }
    }

    static func place(_ reader: inout ByteReader) throws -> (order: CallOrder, needsPermit: Bool) {
        let needsPermit = try reader.byte() == 1
        let priority = try reader.optional { try $0.id() }
        return (CallOrder(priority: priority, fairnessKey: try reader.optional { try $0.text() }), needsPermit)
    }

    static func scheduledOnTerms(_ reader: inout ByteReader) throws -> HistoryEvent {
        let (id, name, input) = (try reader.id(), try reader.text(), try reader.payload())
        var terms = TaskTerms(retryOf: try reader.optional { try $0.id() }, attempt: try reader.id())
        func limit() throws -> Duration? { try reader.optional { .microseconds(try $0.signed()) } }
        terms.timeouts = ActivityTimeouts(
            scheduleToStart: try limit(), startToClose: try limit(), heartbeat: try limit(), total: try limit())
        terms.spent = .microseconds(try reader.signed())
        return .taskScheduled(id: id, name: name, input: input, terms: terms)
    }
}

extension ActivityTimeouts {
    /// The limits in the order in which they are written.
    fileprivate var inOrder: [Duration?] { [scheduleToStart, startToClose, heartbeat, total] }
}

extension TaskTerms {
    /// Whether it is the second attempt of a call without limits, which has the tag that versions without numbers of
    /// attempts gave to all later ones.
    var isPlainSecond: Bool { retryOf != nil && self == TaskTerms(retryOf: retryOf, attempt: 2) }

    /// The same without a place among calls that wait for permits, which is written before the call.
    var placeless: TaskTerms {
        TaskTerms(retryOf: retryOf, attempt: attempt, timeouts: timeouts, spent: spent)
    }

    /// Whether the call has a place among those that wait for permits.
    var hasPlace: Bool { needsPermit || !order.isEmpty }

    mutating func set(_ place: (order: CallOrder, needsPermit: Bool)) {
        if place.needsPermit {
            requirePermit(place.order)
        } else {
            self = TaskTerms(
                retryOf: retryOf, attempt: attempt, timeouts: timeouts, spent: spent, order: place.order)
        }
    }
}

extension FailureDetails {
    /// Stands for the cancellation of an activity in stored histories. Code that cancels calls in task groups is older
    /// than the event, and versions without it go on with this failure of a task that nothing awaits.
    static let canceledTask = FailureDetails(
        type: "warren.canceled", message: "The orchestrator gave the activity up.", isNonRetriable: true)
}
