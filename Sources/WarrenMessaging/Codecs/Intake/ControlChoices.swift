import AMQPMessages
import Warren

/// What a control message from outside says beside its verb, its instance and its reason.
struct ControlChoices: Sendable, Hashable {
    /// `nil` for what the verb does by default.
    var isRecursive: Bool?
    var beforeEvent: Int?
    var dropsEvents = false
    var newInstanceID: String?

    init() {}

    /// Reads headers.
    init(_ fields: MessageFields) throws(Refusal) {
        isRecursive = try fields.flag(WireHeader.recursive)
        beforeEvent = try fields.integer(WireHeader.beforeEvent, in: 1...Int64(Int32.max)).map { Int($0) }
        dropsEvents = try fields.flag(WireHeader.dropEvents) ?? false
        newInstanceID = try fields.text(WireHeader.newInstanceID)
        if let newInstanceID {
            try WireRules.checkInstanceID(newInstanceID, field: "header 'warren-new-instance-id'")
        }
    }

    /// Reads members of a structured body.
    init(_ object: JSONObjectReader) throws(Refusal) {
        isRecursive = try Self.flag("recursive", of: object)
        dropsEvents = try Self.flag("dropEvents", of: object) ?? false
        if object.raw("beforeEvent") != nil {
            guard let number = object.integer("beforeEvent"), (1...Int64(Int32.max)).contains(number) else {
                throw Refusal(
                    .badHeader,
                    "The body's member 'beforeEvent' must be the number of an event; the first has number 1."
                )
            }
            beforeEvent = Int(number)
        }
        newInstanceID = try IntakeRequest.text("newInstanceId", of: object)
        if let newInstanceID { try WireRules.checkInstanceID(newInstanceID, field: "member 'newInstanceId'") }
    }

    private static func flag(_ key: String, of object: JSONObjectReader) throws(Refusal) -> Bool? {
        guard object.raw(key) != nil else { return nil }
        guard let flag = object.bool(key) else {
            throw Refusal(.badHeader, "The body's member '\(key)' must be true or false.")
        }
        return flag
    }

    /// Builds the command, if the choices fit its verb.
    func command(
        _ verb: ControlCommand.Verb, instanceID: String, reason: String?, context: CommandContext
    ) throws(Refusal) -> ControlCommand {
        if verb == .reset, beforeEvent == nil {
            throw Refusal(
                .badHeader,
                "A reset needs the header 'warren-before-event': the number of the event before which the instance goes on, "
                    + "as 'warren history' shows it.")
        }
        if let newInstanceID, newInstanceID == instanceID {
            throw Refusal(
                .badHeader,
                "The header 'warren-new-instance-id' names the instance itself. Leave it out to restart under the same ID."
            )
        }
        return ControlCommand(
            instanceID: instanceID, verb: verb, reason: reason, isRecursive: isRecursive, beforeEvent: beforeEvent,
            dropsEvents: dropsEvents, newInstanceID: newInstanceID, context: context)
    }

    /// Adds what was chosen to the hash by which a repeated message is recognised. A message without choices has the
    /// hash that it always had.
    func add(to hash: inout StableHash) {
        if let isRecursive { hash.add("recursive=\(isRecursive)") }
        if let beforeEvent { hash.add("before=\(beforeEvent)") }
        if dropsEvents { hash.add("drop-events") }
        if let newInstanceID { hash.add("new=\(newInstanceID)") }
    }
}
