import AMQP

/// The attributes of a cloud event that stand in for what the message does not say.
///
/// Source: the CloudEvents AMQP binding. It is written for AMQP 1.0, so clients of 0-9-1 differ in the prefix of the headers.
struct CloudEvent {
    var type: String?
    /// Source and ID together name an event.
    var messageID: String?

    private static let prefixes = ["cloudEvents_", "cloudEvents:", "cloudevents_", "cloudevents:", "ce-", "ce_"]

    init(type: String?, source: String?, id: String?) throws(Refusal) {
        self.type = type
        guard let source, let id, !id.isEmpty else { return }
        let name = "\(source)/\(id)"
        guard name.utf8.count <= 255 else {
            throw Refusal(.badHeader, "The cloud event's 'source' and 'id' have more than 254 bytes together.")
        }
        messageID = name
    }

    /// The attributes of binary mode, which are headers; `nil` if the message is no cloud event.
    init?(headers: FieldTable) throws(Refusal) {
        guard !headers.isEmpty,
            let prefix = Self.prefixes.first(where: { headers[$0 + "id"] != nil && headers[$0 + "source"] != nil })
        else { return nil }
        try self.init(
            type: headers[prefix + "type"]?.string, source: headers[prefix + "source"]?.string,
            id: headers[prefix + "id"].flatMap { $0.string ?? $0.integer.map { String($0) } })
    }
}
