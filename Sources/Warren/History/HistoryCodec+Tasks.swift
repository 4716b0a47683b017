import WarrenSupport

/// Writes and reads what histories say of activities beyond call and answer: limits, attempts, heartbeats, cancellation.
extension HistoryCodec {
    enum TaskTag {
        /// A call with limits, or the third or a later attempt of a call.
        static let scheduledOnTerms: UInt8 = 34
        static let heartbeat: UInt8 = 35
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
}

extension FailureDetails {
    /// Stands for the cancellation of an activity in stored histories. Code that cancels calls in task groups is older
    /// than the event, and versions without it go on with this failure of a task that nothing awaits.
    static let canceledTask = FailureDetails(
        type: "warren.canceled", message: "The orchestrator gave the activity up.", isNonRetriable: true)
}
