import WarrenSupport

/// Encodes an episode's events for storage: one version byte, then the events, each a tag and its fields.
///
/// Numbers are variable-length, texts and payloads are length-prefixed UTF-8. Tags are never given a new meaning: an
/// event that needs other fields gets a tag of its own.
public enum HistoryCodec {
    private static let version: UInt8 = 1
    /// The number of nested causes of a failure that are stored; deeper ones are left out.
    private static let maximumCauses = 32

    private enum Tag {
        static let orchestratorStarted: UInt8 = 1
        static let executionStarted: UInt8 = 2
        static let taskScheduled: UInt8 = 3
        static let taskCompleted: UInt8 = 4
        static let taskFailed: UInt8 = 5
        static let subOrchestrationCreated: UInt8 = 6
        static let subOrchestrationCompleted: UInt8 = 7
        static let subOrchestrationFailed: UInt8 = 8
        static let timerCreated: UInt8 = 9
        static let timerFired: UInt8 = 10
        static let eventSent: UInt8 = 11
        static let orchestrationStarted: UInt8 = 12
        static let eventRaised: UInt8 = 13
        static let executionSuspended: UInt8 = 14
        static let executionResumed: UInt8 = 15
        static let executionTerminated: UInt8 = 16
        static let continuedAsNew: UInt8 = 17
        static let executionCompleted: UInt8 = 18
        /// The second attempt of a call without limits.
        static let taskRetried: UInt8 = 19
        static let executionRewound: UInt8 = 20
        /// Precedes an execution's start, or a request of one, with a version.
        static let version: UInt8 = 30
        static let patchMarked: UInt8 = 31
        /// Precedes an event from outside: a text that describes how it arrived.
        static let origin: UInt8 = 40
    }

    /// The size of most events, so that most episodes are written into one piece of memory.
    private static let usualEventBytes = 64

    /// Encodes events.
    public static func encode(_ events: [HistoryEvent]) -> [UInt8] {
        var writer = ByteWriter(capacity: usualEventBytes * events.count)
        writer.byte(version)
        for event in events { write(event, to: &writer) }
        return writer.bytes
    }

    /// Decodes events.
    ///
    /// - Throws: `WarrenError` with code `invalidHistory` that names the fault and the byte.
    public static func decode(_ bytes: [UInt8]) throws -> [HistoryEvent] {
        var events: [HistoryEvent] = []
        try decode(bytes, into: &events)
        return events
    }

    /// Decodes events, and appends them to those of the episodes before.
    ///
    /// - Throws: as ``decode(_:)``; then some of the events may have been appended.
    package static func decode(_ bytes: [UInt8], into events: inout [HistoryEvent]) throws {
        do {
            try bytes.withUnsafeBufferPointer { buffer in
                var reader = ByteReader(buffer)
                guard try reader.byte() == version else { throw reader.problem("its version is not \(version)") }
                while !reader.isAtEnd { events.append(try read(&reader)) }
            }
        } catch let problem as ByteProblem {
            throw WarrenError(problem)
        }
    }

    // MARK: Writing

    private static func write(_ event: HistoryEvent, to writer: inout ByteWriter) {
        if let arrival = event.arrival {
            writer.byte(Tag.origin)
            writer.text(arrival)
        }
        if let version = event.version {
            writer.byte(Tag.version)
            writer.text(version)
        }
        if case .taskScheduled(let id, let name, let input, let terms) = event, terms.hasPlace {
            write(placeOf: terms, to: &writer)
            return write(.taskScheduled(id: id, name: name, input: input, terms: terms.placeless), to: &writer)
        }
        switch event {
        case .orchestratorStarted(let time):
            writer.byte(Tag.orchestratorStarted)
            writer.time(time)
        case .executionStarted(let facts):
            writer.byte(Tag.executionStarted)
            write(facts, to: &writer)
        case .taskScheduled(let id, let name, let input, let terms) where terms == TaskTerms():
            writer.byte(Tag.taskScheduled)
            writer.id(id)
            writer.text(name)
            writer.payload(input)
        case .taskScheduled(let id, let name, let input, let terms) where terms.isPlainSecond:
            writer.byte(Tag.taskRetried)
            writer.id(id)
            writer.text(name)
            writer.payload(input)
            writer.id(terms.retryOf ?? id)
        case .taskScheduled(let id, let name, let input, let terms):
            writer.byte(TaskTag.scheduledOnTerms)
            write(id, name, input, terms, to: &writer)
        case .taskCanceled(let id): write(Tag.taskFailed, id, .canceledTask, to: &writer)
        case .taskHeartbeat(let id, let details): write(TaskTag.heartbeat, id, details, to: &writer)
        case .taskCompleted(let id, let result): write(Tag.taskCompleted, id, result, to: &writer)
        case .taskFailed(let id, let failure): write(Tag.taskFailed, id, failure, to: &writer)
        case .subOrchestrationCreated(let id, let name, let instanceID, let input, _):
            write(Tag.subOrchestrationCreated, id, name, instanceID, input, to: &writer)
        case .subOrchestrationCompleted(let id, let result):
            write(Tag.subOrchestrationCompleted, id, result, to: &writer)
        case .subOrchestrationFailed(let id, let failure): write(Tag.subOrchestrationFailed, id, failure, to: &writer)
        case .timerCreated(let id, let fireAt):
            writer.byte(Tag.timerCreated)
            writer.id(id)
            writer.time(fireAt)
        case .timerFired(let id):
            writer.byte(Tag.timerFired)
            writer.id(id)
        case .eventSent(let id, let instanceID, let name, let input):
            write(Tag.eventSent, id, name, instanceID, input, to: &writer)
        case .orchestrationStarted(let id, let name, let instanceID, let input, let startAt, _):
            write(Tag.orchestrationStarted, id, name, instanceID, input, to: &writer)
            writer.optional(startAt) { $0.time($1) }
        case .patchMarked(let name, let isDeprecated):
            writer.byte(Tag.patchMarked)
            writer.text(name)
            writer.byte(isDeprecated ? 1 : 0)
        case .updateAccepted(let id, let name, let input): writeUpdate(id, name, input, to: &writer)
        case .updateCompleted(let id, let result, let failure): writeUpdate(id, result, failure, to: &writer)
        case .tagSet(let name, let value): writeTag(name, value, to: &writer)
        case .eventRaised(let name, let input, _):
            writer.byte(Tag.eventRaised)
            writer.text(name)
            writer.payload(input)
        case .executionSuspended(let reason): write(Tag.executionSuspended, reason, to: &writer)
        case .executionResumed(let reason): write(Tag.executionResumed, reason, to: &writer)
        case .executionTerminated(let reason): write(Tag.executionTerminated, reason, to: &writer)
        case .executionRewound(let facts):
            writer.byte(Tag.executionRewound)
            write(facts, to: &writer)
        case .continuedAsNew(let input):
            writer.byte(Tag.continuedAsNew)
            writer.payload(input)
        case .executionCompleted(let status, let output, let failure):
            writer.byte(Tag.executionCompleted)
            writer.text(status.rawValue)
            writer.payload(output)
            writer.optional(failure) { write($1, depth: 0, to: &$0) }
        }
    }

    private static func write(_ tag: UInt8, _ id: Int, _ result: Payload, to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.id(id)
        writer.payload(result)
    }

    private static func write(_ tag: UInt8, _ id: Int, _ failure: FailureDetails, to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.id(id)
        write(failure, depth: 0, to: &writer)
    }

    private static func write(
        _ tag: UInt8, _ id: Int, _ name: String, _ instanceID: String, _ input: Payload, to writer: inout ByteWriter
    ) {
        writer.byte(tag)
        writer.id(id)
        writer.text(name)
        writer.text(instanceID)
        writer.payload(input)
    }

    private static func write(_ tag: UInt8, _ reason: String?, to writer: inout ByteWriter) {
        writer.byte(tag)
        writer.optional(reason) { $0.text($1) }
    }

    private static func write(_ facts: ExecutionStarted, to writer: inout ByteWriter) {
        writer.text(facts.name)
        writer.text(facts.instanceID)
        writer.text(facts.executionID)
        writer.payload(facts.input)
        writer.optional(facts.parent) { write($1, to: &$0) }
        writer.number(UInt64(facts.tags.count))
        for (key, value) in facts.tags.sorted(by: { $0.key < $1.key }) {
            writer.text(key)
            writer.text(value)
        }
        writer.optional(facts.scheduledStart) { $0.time($1) }
    }

    static func write(_ failure: FailureDetails, depth: Int, to writer: inout ByteWriter) {
        writer.text(failure.type)
        writer.text(failure.message)
        writer.optional(failure.stack) { $0.text($1) }
        writer.byte((failure.isNonRetriable ? 1 : 0) | (failure.details == nil ? 0 : 2))
        if let details = failure.details { writer.payload(details) }
        let inner = depth < maximumCauses ? failure.inner : []
        writer.number(UInt64(inner.count))
        for cause in inner { write(cause, depth: depth + 1, to: &writer) }
    }

    // MARK: Reading

    private static func read(_ reader: inout ByteReader) throws -> HistoryEvent {
        var tag = try reader.byte()
        var arrival: String?
        var version: String?
        if tag == Tag.origin {
            arrival = try reader.text()
            tag = try reader.byte()
        }
        if tag == Tag.version {
            version = try reader.text()
            tag = try reader.byte()
        }
        var place: (order: CallOrder, needsPermit: Bool)?
        if tag == TaskTag.place {
            place = try Self.place(&reader)
            tag = try reader.byte()
        }
        var event = try read(tag, &reader)
        if let arrival { event.arrival = arrival }
        if let version { event.version = version }
        if let place, case .taskScheduled(let id, let name, let input, var terms) = event {
            terms.set(place)
            event = .taskScheduled(id: id, name: name, input: input, terms: terms)
        }
        return event
    }

    private static func read(_ tag: UInt8, _ reader: inout ByteReader) throws -> HistoryEvent {
        switch tag {
        case Tag.orchestratorStarted: return .orchestratorStarted(try reader.time())
        case Tag.executionStarted: return .executionStarted(try facts(&reader))
        case Tag.taskScheduled:
            return .taskScheduled(id: try reader.id(), name: try reader.text(), input: try reader.payload())
        case Tag.taskRetried:
            // Versions that did not count attempts wrote it for all later ones.
            return .taskScheduled(
                id: try reader.id(), name: try reader.text(), input: try reader.payload(),
                terms: TaskTerms(retryOf: try reader.id(), attempt: 2))
        case TaskTag.scheduledOnTerms: return try scheduledOnTerms(&reader)
        case TaskTag.heartbeat: return .taskHeartbeat(id: try reader.id(), details: try reader.payload())
        case Tag.taskCompleted: return .taskCompleted(id: try reader.id(), result: try reader.payload())
        case Tag.taskFailed:
            let (id, failure) = (try reader.id(), try failure(&reader, depth: 0))
            return failure == .canceledTask ? .taskCanceled(id: id) : .taskFailed(id: id, failure: failure)
        case Tag.subOrchestrationCreated:
            return .subOrchestrationCreated(
                id: try reader.id(), name: try reader.text(), instanceID: try reader.text(),
                input: try reader.payload())
        case Tag.subOrchestrationCompleted:
            return .subOrchestrationCompleted(id: try reader.id(), result: try reader.payload())
        case Tag.subOrchestrationFailed:
            return .subOrchestrationFailed(id: try reader.id(), failure: try failure(&reader, depth: 0))
        case Tag.timerCreated: return .timerCreated(id: try reader.id(), fireAt: try reader.time())
        case Tag.timerFired: return .timerFired(id: try reader.id())
        case Tag.eventSent:
            let (id, name) = (try reader.id(), try reader.text())
            return .eventSent(id: id, instanceID: try reader.text(), name: name, input: try reader.payload())
        case Tag.orchestrationStarted:
            return .orchestrationStarted(
                id: try reader.id(), name: try reader.text(), instanceID: try reader.text(),
                input: try reader.payload(), startAt: try reader.optional { try $0.time() })
        case Tag.patchMarked:
            return .patchMarked(name: try reader.text(), isDeprecated: try reader.byte() & 1 != 0)
        case UpdateTag.accepted: return try updateAccepted(&reader)
        case UpdateTag.completed: return try updateCompleted(&reader)
        case UpdateTag.tagSet: return try tagSet(&reader)
        case Tag.eventRaised: return .eventRaised(name: try reader.text(), input: try reader.payload())
        case Tag.executionSuspended: return .executionSuspended(reason: try reader.optional { try $0.text() })
        case Tag.executionResumed: return .executionResumed(reason: try reader.optional { try $0.text() })
        case Tag.executionTerminated: return .executionTerminated(reason: try reader.optional { try $0.text() })
        case Tag.continuedAsNew: return .continuedAsNew(input: try reader.payload())
        case Tag.executionRewound: return .executionRewound(try rewound(&reader))
        case Tag.executionCompleted:
            guard let status = RuntimeStatus(rawValue: try reader.text()) else {
                throw reader.problem("a status is unknown")
            }
            return .executionCompleted(
                status, output: try reader.payload(), failure: try reader.optional { try failure(&$0, depth: 0) })
        default: throw reader.problem("event tag \(tag) is unknown")
        }
    }

    private static func facts(_ reader: inout ByteReader) throws -> ExecutionStarted {
        var facts = ExecutionStarted(
            name: try reader.text(), instanceID: try reader.text(), executionID: try reader.text(),
            input: try reader.payload())
        facts.parent = try reader.optional { try parent(&$0) }
        for _ in 0..<(try reader.count()) {
            let key = try reader.text()
            facts.tags[key] = try reader.text()
        }
        facts.scheduledStart = try reader.optional { try $0.time() }
        return facts
    }

    static func failure(_ reader: inout ByteReader, depth: Int) throws -> FailureDetails {
        guard depth <= maximumCauses else { throw reader.problem("causes are nested too deeply") }
        var failure = FailureDetails(type: try reader.text(), message: try reader.text())
        failure.stack = try reader.optional { try $0.text() }
        // Bit 0: non-retriable. Bit 1, since failures carry details: details follow.
        let flags = try reader.byte()
        guard flags <= 3 else { throw reader.problem("a failure's flags are unknown") }
        failure.isNonRetriable = flags & 1 != 0
        if flags & 2 != 0 { failure.details = try reader.payload() }
        for _ in 0..<(try reader.count()) { failure.inner.append(try Self.failure(&reader, depth: depth + 1)) }
        return failure
    }
}
