import AMQPMessages
import Warren

/// Decodes what operators' commands, and events that start, have beside what every command has.
///
/// A host of an earlier version ignores headers that it does not know, and refuses verbs and policies that it does not
/// know.
extension PartitionCodec {
    /// The length of a reason that is passed on in a header, in bytes: all headers have to fit into one frame.
    static let maximumReason = 1024

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
