import AMQPMessages
import Warren

/// Reads policies of starts, and the starts that events carry.
extension IntakeRequest {
    /// A policy from its name.
    static func existingPolicy(_ text: String) throws(Refusal) -> StartCommand.ExistingPolicy {
        let word = text.lowercased()
        if let policy = StartCommand.ExistingPolicy.aliases[word] { return policy }
        guard let policy = StartCommand.ExistingPolicy.choices.first(where: { $0.rawValue == word }) else {
            throw Refusal(
                .badHeader,
                "The header 'warren-if-exists', or the member 'ifExists', must be 'ignore', 'fail', 'replace-finished' (or "
                    + "'restart') or 'replace-always'.")
        }
        return policy
    }

    /// Reads the headers of a start that an event carries.
    mutating func readStart(_ fields: MessageFields) throws(Refusal) {
        guard let name = try fields.text(WireHeader.start) else { return }
        try WireRules.checkName(name, of: "an orchestration", field: "header 'warren-start'")
        let (event, input) = try EventStart.Place.values(
            fields, payload, BodyReader(limits: WireLimits(maximumDepth: 128)))
        payload = event
        start = EventStart(
            name: name, input: input, tags: try fields.tags(),
            replacesFinished: try Self.replacesFinished(try fields.existingPolicy()))
    }

    /// Reads the member `start` of a structured body: `{"name", "input", "tags", "ifExists"}`.
    mutating func readStart(of object: JSONObjectReader, _ reader: BodyReader) throws(Refusal) {
        guard let raw = object.raw("start") else { return }
        guard let member = try reader.object(raw), let name = try Self.text("name", of: member) else {
            throw Refusal(
                .badHeader, "The body's member 'start' must be an object such as {\"name\": \"…\", \"input\": …}.")
        }
        try WireRules.checkName(name, of: "an orchestration", field: "member 'start.name'")
        let policy = try Self.text("ifExists", of: member).map { text throws(Refusal) in
            try Self.existingPolicy(text)
        }
        start = EventStart(
            name: name, input: member.raw("input").map { Payload(bytes: $0) } ?? .null,
            tags: try member.raw("tags").map { raw throws(Refusal) in try Self.tags(raw, reader) } ?? [:],
            replacesFinished: try Self.replacesFinished(policy))
    }

    private static func replacesFinished(_ policy: StartCommand.ExistingPolicy?) throws(Refusal) -> Bool {
        switch policy {
        case nil, .ignore: false
        case .restart: true
        default:
            throw Refusal(
                .badHeader,
                "An event that starts its instance takes 'ignore' or 'replace-finished' for one that exists: it goes to an "
                    + "instance that runs.")
        }
    }
}

extension MessageFields {
    /// The policy of a start for an instance that exists.
    func existingPolicy() throws(Refusal) -> StartCommand.ExistingPolicy? {
        try text(WireHeader.ifExists).map { text throws(Refusal) in try IntakeRequest.existingPolicy(text) }
    }
}
