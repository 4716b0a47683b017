import AMQPMessages
import Warren
import WarrenSupport

/// Encodes and decodes what operators' commands, and events that start, have beside what every command has.
///
/// A host of an earlier version ignores headers that it does not know, and refuses verbs and policies that it does not
/// know.
extension PartitionCodec {
    /// The length of a reason that is passed on in a header, in bytes: all headers have to fit into one frame.
    static let maximumReason = 1024

    // MARK: - Encoding

    func encode(choicesOf control: ControlCommand, into message: inout OutboundMessage) {
        if control.isRecursive != control.verb.isRecursiveByDefault {
            message.properties.headers[WireHeader.recursive] = .bool(control.isRecursive)
        }
        if let number = control.beforeEvent {
            message.properties.headers[WireHeader.beforeEvent] = .int64(Int64(number))
        }
        if control.dropsEvents { message.properties.headers[WireHeader.dropEvents] = true }
        if let id = control.newInstanceID { message.properties.headers[WireHeader.newInstanceID] = .string(id) }
    }

    func encode(rejoining start: StartCommand, into message: inout OutboundMessage) {
        if let execution = start.formerExecutionID {
            message.properties.headers[WireHeader.formerExecutionID] = .string(execution)
        }
        if let reason = start.reason {
            message.properties.headers[WireHeader.reason] = .string(reason.shortened(to: Self.maximumReason))
        }
    }

    /// Encodes the start that an event carries: the body has both values.
    func encode(_ start: EventStart, with event: Payload, into message: inout OutboundMessage) {
        message.properties.headers[WireHeader.start] = .string(start.name)
        message.properties.headers[WireHeader.startInput] = .string(EventStart.Place.members)
        if start.replacesFinished {
            message.properties.headers[WireHeader.ifExists] = .string(StartCommand.ExistingPolicy.restart.rawValue)
        }
        for (key, value) in start.tags { message.properties.headers[WireHeader.tagPrefix + key] = .string(value) }
        message.body = EventStart.Place.body(event: event, input: start.input).bytes
    }

    // MARK: - Decoding

    func readChoices(_ fields: MessageFields, of control: inout ControlCommand) throws(Refusal) {
        if let isRecursive = try fields.flag(WireHeader.recursive) { control.isRecursive = isRecursive }
        control.beforeEvent = try fields.integer(WireHeader.beforeEvent, in: 1...Int64(Int32.max)).map { Int($0) }
        control.dropsEvents = try fields.flag(WireHeader.dropEvents) ?? false
        if fields.properties.headers[WireHeader.newInstanceID] != nil {
            control.newInstanceID = try instanceID(fields, WireHeader.newInstanceID)
        }
    }

    /// Reads the payload of an event, and the start that it carries.
    func eventStart(_ fields: MessageFields) throws(Refusal) -> (Payload, EventStart?) {
        guard let name = try fields.text(WireHeader.start) else { return (try payload(fields), nil) }
        try WireRules.checkName(name, of: "an orchestration", field: "header 'warren-start'")
        var limits = limits
        limits.maximumDepth += 1
        let (event, input) = try EventStart.Place.values(
            fields, try payload(fields, levels: 1), BodyReader(limits: limits))
        let policy = try fields.word(WireHeader.ifExists, [StartCommand.ExistingPolicy.ignore, .restart])
        return (
            event,
            EventStart(name: name, input: input, tags: try fields.tags(), replacesFinished: policy == .restart)
        )
    }
}
