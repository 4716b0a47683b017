import AMQPMessages

/// The attributes of a cloud event, which substitute for properties that the message lacks.
///
/// Source: the CloudEvents AMQP binding. It is written for AMQP 1.0, so clients of 0-9-1 differ in the prefix of the
/// headers.
struct CloudEvent {
    var type: String?
    /// The message ID: source and ID together name an event.
    var messageID: String?

    /// The header names of one way to write the attributes. Built once, because every message is examined for all of
    /// them.
    private struct Names {
        let id: String
        let source: String
        let type: String

        init(_ prefix: String) {
            id = prefix + "id"
            source = prefix + "source"
            type = prefix + "type"
        }
    }

    private static let prefixes = ["cloudEvents_", "cloudEvents:", "cloudevents_", "cloudevents:", "ce-", "ce_"]
    private static let names = prefixes.map(Names.init)

    init(type: String?, source: String?, id: String?) throws(Refusal) {
        self.type = type
        guard let source, let id, !id.isEmpty else { return }
        let name = "\(source)/\(id)"
        guard name.utf8.count <= 255 else {
            throw Refusal(.badHeader, "The cloud event's 'source' and 'id' have more than 254 bytes together.")
        }
        messageID = name
    }

    /// Reads the attributes of binary mode, which are headers; `nil` if the message is no cloud event.
    init?(headers: FieldTable) throws(Refusal) {
        // All of these names begin with this letter, and no header of ours does: nearly every message returns here.
        guard headers.contains(where: { $0.key.utf8.first == UInt8(ascii: "c") }),
            let names = Self.names.first(where: { headers[$0.id] != nil && headers[$0.source] != nil })
        else { return nil }
        try self.init(
            type: headers[names.type]?.string, source: headers[names.source]?.string,
            id: headers[names.id].flatMap { $0.string ?? $0.integer.map { String($0) } })
    }
}
