import AMQPMessages
import Warren

/// The content of a message from outside, collected from all its places, not yet checked.
struct IntakeRequest {
    enum Operation {
        case start, raise, signal, update, state, status, statuses, wait, describe, list, count, damaged, purgeEnded
        case limits
        case control(ControlCommand.Verb)
    }

    var operation: Operation
    /// The name of the orchestration, of the event or of the operation.
    var name: String?
    /// The place of the name, for reports.
    var nameField = "routing key"
    var instanceID: String?
    var instanceField = "routing key"
    var payload: Payload = .null
    var ifExists = StartCommand.ExistingPolicy.ignore
    /// The start that an event carries.
    var start: EventStart?
    /// What operators' commands have of their own.
    var choices = ControlChoices()
    var startAt: String?
    /// Milliseconds.
    var delay: Int64?
    var tags: [String: String] = [:]
    /// The version of a start.
    var version: String?
    var messageID: String?
    /// Milliseconds.
    var holdLimit: Int64?
    /// The partition, for requests without an instance.
    var partition: Int?

    /// A century, in milliseconds: sums of times stay far from the limits of their type.
    static let maximumDelay: Int64 = 100 * 366 * 86_400_000
    private static let partitions: ClosedRange<Int64> = 0...9999

    /// Reads properties, headers and routing key.
    ///
    /// - Parameter knows: whether an orchestration of a name can run here.
    init(
        _ fields: MessageFields, _ content: BodyReader.Content, hub: TaskHubName, knows: (String) -> Bool
    ) throws(Refusal) {
        let message = fields.message
        // With the default exchange the routing key is the queue's name, and does not name the target.
        let key = message.exchange.isEmpty ? "" : message.routingKey
        let (head, tail) = IntakeRequest.split(key)

        switch message.exchange {
        case hub.startExchange: operation = .start
        case hub.eventExchange: operation = .raise
        case hub.entityExchange: operation = .signal
        case hub.controlExchange:
            let verb = try fields.text(WireHeader.verb) ?? IntakeRequest.namedOperation(of: key)?.verb ?? tail
            guard let verb else {
                throw Refusal(
                    .badRoutingKey,
                    "The routing key '\(WireRules.excerpt(key))' names no verb. Publish with '<instance>/<verb>'.")
            }
            operation = try IntakeRequest.controlOperation(verb)
        case hub.queryExchange:
            operation = try IntakeRequest.controlOperation(try fields.text(WireHeader.verb) ?? tail ?? key)
            if let word = operation.changing {
                throw Refusal(
                    .unknownVerb, "'\(word)' is no question. Publish it to the exchange '\(hub.controlExchange)'.")
            }
        case "":
            guard let word = try fields.text(WireHeader.operation) else {
                throw Refusal(
                    .unknownKind,
                    "A message to the queue itself must say what it is: set the header 'warren-op' ('start', 'raise', "
                        + "'terminate', …), or publish to the exchange '\(hub.startExchange)', '\(hub.eventExchange)' or "
                        + "'\(hub.controlExchange)'.")
            }
            operation = try IntakeRequest.operation(word)
        default: operation = try IntakeRequest.operation(ofStranger: fields, content, hub: hub, knows: knows)
        }

        payload = content.payload
        messageID = try fields.messageID() ?? content.name
        try IntakeText.check(
            content.name, content.event == nil ? "envelope's 'messageId'" : "cloud event's 'source' or 'id'")
        holdLimit = try fields.integer(WireHeader.hold, in: 0...IntakeRequest.maximumDelay)
        instanceID = try fields.text(WireHeader.instanceID)
        if instanceID != nil { instanceField = "header 'warren-instance-id'" }

        switch operation {
        case .start:
            name = try fields.text(WireHeader.name)
            if name != nil { nameField = "header 'warren-name'" }
            // With an exchange of another program, the key is the orchestration's name only if there is such an
            // orchestration.
            let isOurs = message.exchange == hub.startExchange
            if name == nil, !key.isEmpty, isOurs || content.event?.type == nil || knows(key) { name = key }
            if name == nil, let type = content.event?.type {
                name = type
                nameField = "cloud event 'type'"
            }
            ifExists = try fields.existingPolicy() ?? .ignore
            startAt = try fields.time(WireHeader.startAt)
            delay = try fields.integer(WireHeader.delay, in: 0...IntakeRequest.maximumDelay)
            tags = try fields.tags()
            version = try fields.text(WireHeader.version)
        case .raise:
            try readEvent(fields, content, key, head, tail)
            try readStart(fields)
        case .signal: try readSignal(fields, key)
        case .control:
            instanceID = instanceID ?? head
            choices = try ControlChoices(fields)
        case .update, .state: try readNamedOperation(fields, key, head)
        case .status, .wait, .describe:
            instanceID = instanceID ?? head
        case .statuses, .list, .count, .damaged, .purgeEnded, .limits:
            partition = try fields.integer(WireHeader.partition, in: IntakeRequest.partitions).map { Int($0) }
        }
    }

    /// Reads the instance and the event's name: from headers, else from the key `<instance>/<event>`. MQTT has no
    /// headers, and its `/` arrives as a dot, so that the last dot separates where there is no slash.
    private mutating func readEvent(
        _ fields: MessageFields, _ content: BodyReader.Content, _ key: String, _ head: String?, _ tail: String?
    ) throws(Refusal) {
        var (head, tail) = (head, tail)
        name = try fields.text(WireHeader.event)
        if name != nil { nameField = "header 'warren-event'" }
        if head == nil, !key.isEmpty {
            switch (instanceID, name) {
            // The whole key gives the field that no header has.
            case (nil, .some): head = key
            case (.some, nil): if fields.properties.type == nil, content.event?.type == nil { tail = key }
            case (nil, nil):
                if let dot = key.lastIndex(of: "."), dot != key.startIndex, key.index(after: dot) != key.endIndex {
                    (head, tail) = (String(key[..<dot]), String(key[key.index(after: dot)...]))
                }
            case (.some, .some): break
            }
        }
        instanceID = instanceID ?? head
        if name == nil, let tail, !tail.isEmpty { name = tail }
        if name == nil, let type = fields.properties.type ?? content.event?.type {
            name = type
            nameField = "property 'type'"
        }
    }

    /// The operation of a message that was published to an exchange of another program which is bound to one of ours: a
    /// delivery names the exchange of the publish, and MQTT has one for all topics.
    private static func operation(
        ofStranger fields: MessageFields, _ content: BodyReader.Content, hub: TaskHubName, knows: (String) -> Bool
    ) throws(Refusal) -> Operation {
        let (exchange, key) = (fields.message.exchange, fields.message.routingKey)
        // Announcements of a hub carry names of orchestrations, too. They must not start them.
        let isAnnouncement = hub.owns(exchange) || fields.properties.type?.hasPrefix("warren.") == true
        if !isAnnouncement {
            if let word = try fields.text(WireHeader.operation) { return try operation(word) }
            if try fields.text(WireHeader.event) != nil { return .raise }
            if let verb = try fields.text(WireHeader.verb) { return try controlOperation(verb) }
            if try fields.text(WireHeader.name) != nil { return .start }
            if key.contains("/") { return .raise }
            if knows(key) || content.event?.type.map(knows) == true { return .start }
        }
        throw Refusal(
            .unknownKind,
            "The message came through the exchange '\(WireRules.excerpt(exchange))' with the key "
                + "'\(WireRules.excerpt(key))', and nothing says what it is: the key is no orchestration of this hub and no "
                + "'<instance>/<event>'. Set the header 'warren-op' ('start', 'raise', 'terminate', …), or publish to "
                + "'\(hub.startExchange)', '\(hub.eventExchange)' or '\(hub.controlExchange)'.")
    }

    /// Reads a body of type `application/vnd.warren+json`: `{"op", "name", "instanceId", "event", "input", "reason",
    /// "ifExists", "startAt", "delayMs", "holdMs", "messageId", "tags", "version"}`.
    init(structured message: InboundMessage, reader: BodyReader) throws(Refusal) {
        guard let object = try reader.object(message.body) else {
            throw Refusal(.invalidJSON, "The body must be a JSON object such as {\"op\":\"start\",\"name\":\"…\"}.")
        }
        guard let word = try IntakeRequest.text("op", of: object) else {
            throw Refusal(
                .unknownKind, "The body's member 'op' is missing: start, raise, terminate, suspend, resume, purge, …")
        }
        operation = try IntakeRequest.operation(word)
        instanceID = try IntakeRequest.text("instanceId", of: object)
        instanceField = "member 'instanceId'"
        messageID = try MessageFields(message: message).messageID()
        if messageID == nil { messageID = try IntakeRequest.text("messageId", of: object) }
        try IntakeText.check(messageID, "body's member 'messageId'")
        if object.raw("holdMs") != nil {
            guard let number = object.integer("holdMs"), (0...IntakeRequest.maximumDelay).contains(number) else {
                throw Refusal(.badHeader, "The body's member 'holdMs' must be a whole number of milliseconds.")
            }
            holdLimit = number
        }
        payload = object.raw("input").map { Payload(bytes: $0) } ?? .null
        switch operation {
        case .start:
            name = try IntakeRequest.text("name", of: object)
            nameField = "member 'name'"
            if let text = try IntakeRequest.text("ifExists", of: object) {
                ifExists = try IntakeRequest.existingPolicy(text)
            }
            startAt = try IntakeRequest.text("startAt", of: object)
            version = try IntakeRequest.text("version", of: object)
            if object.raw("delayMs") != nil {
                guard let number = object.integer("delayMs"), (0...IntakeRequest.maximumDelay).contains(number) else {
                    throw Refusal(.badHeader, "The body's member 'delayMs' must be a whole number of milliseconds.")
                }
                delay = number
            }
            if let raw = object.raw("tags") { tags = try IntakeRequest.tags(raw, reader) }
        case .raise:
            name = try IntakeRequest.text("event", of: object)
            nameField = "member 'event'"
            try readStart(of: object, reader)
        case .signal: try readSignal(object)
        case .update, .state:
            name = try IntakeRequest.text("name", of: object)
            nameField = "member 'name'"
        case .control:
            choices = try ControlChoices(object)
            if let raw = object.raw("reason") { payload = Payload(bytes: raw) }
        case .statuses, .list, .count, .damaged, .purgeEnded, .limits:
            if object.raw("partition") != nil {
                guard let number = object.integer("partition"), IntakeRequest.partitions.contains(number) else {
                    throw Refusal(.badHeader, "The body's member 'partition' must be a whole number from 0 to 9999.")
                }
                partition = Int(number)
            }
        case .status, .wait, .describe: break
        }
    }

    /// Splits a key at the last slash: neither instance IDs nor names contain one.
    private static func split(_ key: String) -> (head: String?, tail: String?) {
        guard let slash = key.lastIndex(of: "/") else { return (nil, nil) }
        return (String(key[..<slash]), String(key[key.index(after: slash)...]))
    }

    private static func operation(_ word: String) throws(Refusal) -> Operation {
        switch word {
        case "start": .start
        case "raise", "event": .raise
        case "signal": .signal
        default: try controlOperation(word)
        }
    }

    private static func controlOperation(_ word: String) throws(Refusal) -> Operation {
        switch word {
        case "status": return .status
        case "statuses": return .statuses
        case "wait": return .wait
        case "query": return .state
        case "update": return .update
        case "describe": return .describe
        case "list": return .list
        case "count": return .count
        case "damaged": return .damaged
        case "purge-ended": return .purgeEnded
        case "limits": return .limits
        default:
            guard let verb = ControlCommand.Verb(rawValue: word) else {
                throw Refusal(
                    .unknownVerb,
                    "'\(WireRules.excerpt(word))' is no verb. "
                        + "There are terminate, suspend, resume, rewind, reset, restart, purge, query, update, status and wait "
                        + "for instances, and describe, list, count, statuses, damaged, limits and purge-ended for 'hub'."
                )
            }
            return .control(verb)
        }
    }

    static func text(_ key: String, of object: JSONObjectReader) throws(Refusal) -> String? {
        guard object.raw(key) != nil else { return nil }
        guard let text = object.string(key), text.utf8.count <= 255 else {
            throw Refusal(.badHeader, "The body's member '\(key)' must be a string of at most 255 bytes.")
        }
        return text
    }

    static func tags(_ raw: [UInt8], _ reader: BodyReader) throws(Refusal) -> [String: String] {
        let wanted = Refusal(.badHeader, "The body's member 'tags' must be an object of strings.")
        guard let object = try reader.object(raw), object.keys.count <= 64 else { throw wanted }
        var tags: [String: String] = [:]
        for key in object.keys {
            guard !key.isEmpty, key.utf8.count <= 200, let value = object.string(key), value.utf8.count <= 1024 else {
                throw wanted
            }
            tags[key] = value
        }
        return tags
    }
}

extension [UInt8] {
    /// The text without the space that JSON allows around a value.
    var trimmedJSON: ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return []
        }
        return self[first...last]
    }
}
