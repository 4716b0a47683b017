import AMQPMessages
import Warren

/// Reads operations for entities.
extension IntakeRequest {
    /// Reads the entity and the operation: from the headers `warren-instance-id` (`@<name>@<key>`) and `warren-event`,
    /// else from the key `<name>/<key>/<operation>`. MQTT has no headers, and its `/` arrives as a dot.
    mutating func readSignal(_ fields: MessageFields, _ key: String) throws(Refusal) {
        name = try fields.text(WireHeader.event)
        if name != nil { nameField = "header 'warren-event'" }
        startAt = try fields.text(WireHeader.startAt)
        delay = try fields.integer(WireHeader.delay, in: 0...IntakeRequest.maximumDelay)
        guard instanceID == nil || name == nil else { return }
        let separator: Character = key.contains("/") ? "/" : "."
        guard let first = key.firstIndex(of: separator), let last = key.lastIndex(of: separator), first < last else {
            throw Refusal(
                .badRoutingKey,
                "The routing key '\(WireRules.excerpt(key))' does not name entity and operation. Publish with "
                    + "'<name>/<key>/<operation>'; the key may be empty.")
        }
        let entity = EntityID(name: String(key[..<first]), key: String(key[key.index(after: first)..<last]))
        instanceID = instanceID ?? entity.instanceID
        if name == nil { name = String(key[key.index(after: last)...]) }
    }

    /// Reads `{"op": "signal", "entity", "key", "operation", "input", "startAt", "delayMs"}`.
    mutating func readSignal(_ object: JSONObjectReader) throws(Refusal) {
        name = try IntakeRequest.text("operation", of: object)
        nameField = "member 'operation'"
        if let entity = try IntakeRequest.text("entity", of: object) {
            instanceID = EntityID(name: entity, key: try IntakeRequest.text("key", of: object) ?? "").instanceID
            instanceField = "members 'entity' and 'key'"
        }
        startAt = try IntakeRequest.text("startAt", of: object)
        if object.raw("delayMs") != nil {
            guard let number = object.integer("delayMs"), (0...IntakeRequest.maximumDelay).contains(number) else {
                throw Refusal(.badHeader, "The body's member 'delayMs' must be a whole number of milliseconds.")
            }
            delay = number
        }
    }
}
