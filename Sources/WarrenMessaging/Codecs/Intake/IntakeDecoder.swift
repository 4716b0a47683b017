package import AMQPMessages
package import Warren
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decodes messages of external publishers to commands.
///
/// Every field has several places, since clients differ in what they can set; the first that has it wins. A message
/// that cannot be taken is refused with a reason for machines and a sentence that names the field and the remedy.
package struct IntakeDecoder: Sendable {
    let hub: TaskHubName
    private(set) var limits: WireLimits
    let replies: ReplyRules
    private let carriesBaggage: Bool
    private let knows: @Sendable (_ orchestration: String) -> Bool
    private let now: @Sendable () -> Timestamp
    private let newID: @Sendable () -> String

    /// - Parameters:
    ///   - replies: the queues to which replies may go.
    ///   - carriesBaggage: whether the header `baggage` is taken; otherwise it ends here.
    ///   - knows: whether an orchestration of a name is registered. Only messages through exchanges of other programs
    ///     depend on it.
    ///   - now: the clock from which delays count.
    ///   - newID: makes the ID of an instance if the start message has none.
    package init(
        hub: TaskHubName, limits: WireLimits = .init(), replies: ReplyRules = .init(), carriesBaggage: Bool = false,
        knows: @escaping @Sendable (_ orchestration: String) -> Bool = { _ in false },
        now: @escaping @Sendable () -> Timestamp = { Timestamp(Date()) },
        newID: @escaping @Sendable () -> String = WireID.random
    ) {
        self.hub = hub
        self.limits = limits
        self.replies = replies
        self.carriesBaggage = carriesBaggage
        self.knows = knows
        self.now = now
        self.newID = newID
    }

    /// The size in bytes of the largest body that is taken.
    package var mostBodyBytes: Int { limits.maximumBodyBytes }

    /// Returns a decoder that takes bodies up to another size, and is otherwise the same.
    package func taking(bodiesUpTo bytes: Int) -> IntakeDecoder {
        var decoder = self
        decoder.limits.maximumBodyBytes = bytes
        return decoder
    }

    /// The content of a message of the intake queue.
    package struct Reading: Sendable, Hashable {
        /// One command, or those of a batch. All of them are taken before the message is acknowledged.
        package var commands: [Command]
        /// The refusal of the reply address, although the work is taken: the `reply_to` is not allowed.
        package var lostReply: Refusal?
    }

    /// Decodes a message of the intake queue.
    package func read(_ message: InboundMessage) -> Result<Reading, Refusal> {
        Result { () throws(Refusal) in try decode(message) }
    }

    /// Decodes a message of the intake queue that is no batch.
    package func command(from message: InboundMessage) -> Result<Command, Refusal> {
        Result { () throws(Refusal) in
            let commands = try decode(message).commands
            guard commands.count == 1, let command = commands.first else {
                throw Refusal(.unknownKind, "The message is a batch of \(commands.count).")
            }
            return command
        }
    }

    /// The destination of a refusal of the message; `nil` if its publisher wants no reply or the address is not
    /// allowed.
    package func replyAddress(of message: InboundMessage) -> ReplyAddress? {
        let fields = MessageFields(message: message)
        do throws(Refusal) {
            return try reply(fields, fallback: fields.messageID() ?? "")
        } catch {
            // The header that cannot be read is what the message is refused for, and its publisher waits to be told so.
            return reply(fields, .completed, fields.properties.correlationID ?? "")
        }
    }

    /// Whether a refusal of the message is sent as the reply alone; see `RefusalMode`.
    package func isRefusedByReply(_ message: InboundMessage) -> Bool {
        let mode = Result { () throws(Refusal) in
            try MessageFields(message: message).word(WireHeader.refuse, RefusalMode.allCases)
        }
        return if case .success(.reply?) = mode { true } else { false }
    }

    private func decode(_ message: InboundMessage) throws(Refusal) -> Reading {
        try limits.check(message)
        try IntakeText.check(message.properties)
        let fields = MessageFields(message: message)
        let reader = BodyReader(limits: limits)
        var requests: [IntakeRequest] = []
        if message.exchange.isEmpty, try reader.mediaType(message.properties.contentType) == WireContentType.structured
        {
            requests.append(try IntakeRequest(structured: message, reader: reader))
        } else {
            let contents = try reader.contents(of: message)
            for (index, content) in contents.enumerated() {
                var request = try IntakeRequest(fields, content, hub: hub, knows: knows)
                request.payload.origin = PayloadOrigin.words(for: content, in: message)
                // A property names the whole message, not the values in it.
                if contents.count > 1 {
                    request.messageID = content.name ?? request.messageID.map { "\($0)#\(index)" }
                }
                requests.append(request)
            }
        }
        var reading = Reading(commands: [])
        for request in requests { reading.commands.append(try command(request, fields)) }
        if let queue = refusedReply(fields) { reading.lostReply = lost(queue, reading.commands) }
        return reading
    }

    /// The `reply_to` that is not allowed; `nil` if it is allowed, or if no reply is wanted.
    private func refusedReply(_ fields: MessageFields) -> String? {
        guard let replyTo = fields.properties.replyTo, !replyTo.isEmpty,
            fields.properties.headers[WireHeader.reply]?.string?.lowercased() != ReplyAddress.Mode.none.rawValue,
            !replies.allows(ReplyRules.queue(of: replyTo), hub: hub)
        else { return nil }
        return replyTo
    }

    private func lost(_ replyTo: String, _ commands: [Command]) -> Refusal {
        let (what, instanceID): (String, String?) =
            switch commands.first {
            case .start(let start): ("The start", start.instanceID)
            case .raise(let raise): ("The event", raise.instanceID)
            case .control(let control): ("The control message", control.instanceID)
            case .update(let update): ("The update", update.instanceID)
            default: ("The message", nil)
            }
        let place = instanceID.map { " for the instance '\(WireRules.excerpt($0))'" } ?? ""
        return Refusal(
            .badReplyTo,
            "\(what)\(place) was taken, and only its answer is lost. Do not send it again. "
                + ReplyRules.refusal(replyTo).detail)
    }

    private func command(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> Command {
        switch request.operation {
        case .start: .start(try start(request, fields))
        case .raise: .raise(try raise(request, fields))
        case .signal: .raise(try signal(request, fields))
        case .control(let verb): .control(try control(verb, request, fields))
        case .update: .update(try update(request, fields))
        case .status, .statuses, .wait, .state, .describe, .list, .count, .damaged: .query(try query(request, fields))
        case .purgeEnded: .purge(try purge(request, fields))
        case .limits:
            .limits(
                LimitsCommand(
                    try LimitsCodec.decode(request.payload, isHosts: false), partition: try partition(request),
                    context: CommandContext(
                        reply: try reply(fields, fallback: request.messageID ?? ""), userID: fields.properties.userID)))
        }
    }

    // MARK: - Start

    private func start(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> StartCommand {
        guard let name = request.name else {
            throw Refusal(
                .badRoutingKey, "No orchestration is named. Publish with its name as routing key, or set 'warren-name'."
            )
        }
        try WireRules.checkName(name, of: "an orchestration", field: request.nameField)
        let publisher = publisher(of: fields)
        let instanceID: String
        if let given = request.instanceID {
            try WireRules.checkInstanceID(given, field: request.instanceField)
            instanceID = given
        } else if let messageID = request.messageID {
            // The same message leads to the same instance, in every process and every time that it is decoded.
            instanceID = WireID.named("warren:\(hub.text)/\(name)/\(publisher.map { "\($0)/" } ?? "")\(messageID)")
        } else {
            instanceID = newID()
        }
        let startAt = try startTime(request)
        let version = request.version.flatMap { $0.isEmpty ? nil : $0 }
        if let version { try WireRules.checkVersion(version, field: "header 'warren-version'") }

        var hash = StableHash()
        hash.add("start")
        hash.add(name)
        hash.add(request.instanceID)
        hash.add(request.payload.bytes)
        hash.add(request.ifExists.rawValue)
        // Hashes the delay as it was requested: the resulting time differs with every delivery.
        hash.add(request.startAt ?? request.delay.map { "+\($0)" })
        for (key, value) in request.tags.sorted(by: { $0.key < $1.key }) {
            hash.add(key)
            hash.add(value)
        }
        // Starts without one have the hash that earlier versions gave them.
        if let version { hash.add("version:\(version)") }
        return StartCommand(
            name: name, instanceID: instanceID, input: request.payload, ifExists: request.ifExists, startAt: startAt,
            tags: request.tags, version: version,
            context: try context(["start", name, instanceID], hash, request, fields, instanceID: instanceID))
    }

    func startTime(_ request: IntakeRequest) throws(Refusal) -> Timestamp? {
        if let text = request.startAt {
            guard let time = ISO8601.timestamp(text) else {
                throw Refusal(
                    .badHeader, "The header 'warren-start-at' must be a time such as 2026-03-01T12:00:00Z (RFC 3339).")
            }
            return time
        }
        return request.delay.map { now().advanced(by: .milliseconds($0)) }
    }

    // MARK: - Raise, control, query

    private func raise(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> RaiseCommand {
        let instanceID = try target(request, "'<instance>/<event>'")
        guard let event = request.name else {
            throw Refusal(
                .badRoutingKey,
                "No event is named. Publish with the routing key '<instance>/<event>', or set 'warren-event'.")
        }
        try WireRules.checkEventName(event, field: request.nameField)
        var hash = StableHash()
        hash.add("raise")
        hash.add(instanceID)
        hash.add(event)
        hash.add(request.payload.bytes)
        if let start = request.start {
            hash.add(start.name)
            hash.add(start.input.bytes)
        }
        return RaiseCommand(
            instanceID: instanceID, eventName: event, payload: request.payload, start: request.start,
            context: try context(["raise", instanceID, event], hash, request, fields, instanceID: instanceID))
    }

    private func control(
        _ verb: ControlCommand.Verb, _ request: IntakeRequest, _ fields: MessageFields
    ) throws(Refusal) -> ControlCommand {
        let instanceID = try target(request, "'<instance>/<verb>'")
        let reason = try reason(request.payload)
        var hash = StableHash()
        hash.add(verb.rawValue)
        hash.add(instanceID)
        hash.add(reason)
        request.choices.add(to: &hash)
        return try request.choices.command(
            verb, instanceID: instanceID, reason: reason,
            context: try context([verb.rawValue, instanceID], hash, request, fields, instanceID: instanceID))
    }

    /// The reason: a JSON string, `{"reason": …}`, or nothing.
    private func reason(_ payload: Payload) throws(Refusal) -> String? {
        let wanted = Refusal(.invalidJSON, "The body of a control message is a text, {\"reason\": \"…\"}, or empty.")
        if payload.isNull { return nil }
        if let object = try BodyReader(limits: limits).object(payload.bytes) {
            guard let raw = object.raw("reason") else { return nil }
            guard raw.first == UInt8(ascii: "\"") else { throw wanted }
            return object.string("reason")
        }
        let trimmed = payload.bytes.trimmedJSON
        guard trimmed.first == UInt8(ascii: "\"") else { throw wanted }
        return JSONObjectReader.string(trimmed)
    }

    private func query(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> QueryCommand {
        let question: QueryCommand.Question
        switch request.operation {
        case .describe: question = .describe
        case .state: question = try stateQuestion(request)
        case .wait: question = .wait(instanceID: try target(request, "'<instance>/wait'"))
        case .list: question = .list(try InstanceQueryCodec.decode(request.payload))
        case .count: question = .count(try InstanceCountCodec.decode(request.payload))
        case .damaged: question = .damaged
        case .statuses: question = .statuses(instanceIDs: try StatusesCodec.decodeQuestion(request.payload))
        default:
            question = .status(
                instanceID: try target(request, "'<instance>/status'", mayBeEntity: true),
                includeHistory: try fields.flag(WireHeader.history) ?? false)
        }
        let partition =
            switch question {
            case .statuses, .list, .count, .damaged: try self.partition(request)
            case .status, .wait, .state, .describe: 0
            }
        // A question changes nothing: asked twice, it is answered twice.
        let address = try reply(fields, fallback: request.messageID ?? request.instanceID ?? "")
        guard let address else {
            if let replyTo = refusedReply(fields) { throw ReplyRules.refusal(replyTo) }
            throw Refusal(.badReplyTo, "A question needs the property 'reply_to', or nobody hears the answer.")
        }
        return QueryCommand(
            question, partition: partition, historyFrom: try fields.text(WireHeader.historyFrom),
            watch: try HistoryWatch(fields),
            context: CommandContext(reply: address, userID: fields.properties.userID))
    }

    /// Decodes a purge. An instance can be purged twice without harm: no message key is needed.
    private func purge(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> PurgeCommand {
        PurgeCommand(
            try InstanceQueryCodec.decode(request.payload), partition: try partition(request),
            context: CommandContext(
                reply: try reply(fields, fallback: request.messageID ?? ""), userID: fields.properties.userID))
    }

    private func partition(_ request: IntakeRequest) throws(Refusal) -> Int {
        guard let partition = request.partition else {
            throw Refusal(
                .badHeader,
                "Instances are listed and purged partition by partition: set the header 'warren-partition' to its number. "
                    + "'hub/describe' says how many there are.")
        }
        return partition
    }

    /// - Parameter mayBeEntity: whether the ID of an entity will do.
    func target(
        _ request: IntakeRequest, _ key: String, mayBeEntity: Bool = false
    ) throws(Refusal) -> String {
        guard let instanceID = request.instanceID else {
            throw Refusal(
                .badRoutingKey,
                "No instance is named. Publish with the routing key \(key), or set 'warren-instance-id'.")
        }
        if mayBeEntity, EntityID(instanceID: instanceID) != nil { return instanceID }
        try WireRules.checkInstanceID(instanceID, field: request.instanceField)
        return instanceID
    }

    // MARK: - Context

    func context(
        _ target: [String], _ hash: StableHash, _ request: IntakeRequest, _ fields: MessageFields, instanceID: String
    ) throws(Refusal) -> CommandContext {
        let key = request.messageID.map { id in
            // Two publishers that both count 1, 2, 3 are distinguished if the broker or their messages name them.
            (target + [publisher(of: fields) ?? "", id]).joined(separator: "/")
        }
        let reply = try reply(fields, fallback: request.messageID ?? instanceID)
        let trace = TraceContext(of: fields.properties.headers)
        let refusal = try fields.word(WireHeader.refuse, RefusalMode.allCases)
        return CommandContext(
            messageKey: key, bodyHash: hash.result, reply: reply, userID: fields.properties.userID,
            holdLimit: request.holdLimit, refusesByReply: reply != nil && refusal == .reply,
            trace: carriesBaggage ? trace : trace?.carrying(nil))
    }

    /// Login and application, with `/` escaped, so that two keys made with it are never equal by accident.
    private func publisher(of fields: MessageFields) -> String? {
        let parts = [fields.properties.userID, fields.properties.appID].map { $0 ?? "" }
        guard parts != ["", ""] else { return nil }
        return parts.map { part in
            part.map { "%/:".contains($0) ? "%" + String($0.asciiValue ?? 0, radix: 16) : String($0) }.joined()
        }.joined(separator: ":")
    }

    /// The reply address; `nil` if no reply is wanted, or if it cannot be sent to the wanted queue.
    private func reply(_ fields: MessageFields, fallback: String) throws(Refusal) -> ReplyAddress? {
        guard let replyTo = fields.properties.replyTo, !replyTo.isEmpty else { return nil }
        let mode = try fields.word(WireHeader.reply, [ReplyAddress.Mode.completed, .accepted, .both, .none])
        guard mode != ReplyAddress.Mode.none else { return nil }
        if let correlation = fields.properties.correlationID { return reply(fields, mode ?? .completed, correlation) }
        return reply(fields, mode ?? .completed, try fields.text(WireHeader.correlationID) ?? fallback)
    }

    /// The reply address; `nil` if there is none, or if it cannot be sent to the wanted queue.
    private func reply(_ fields: MessageFields, _ mode: ReplyAddress.Mode, _ correlationID: String) -> ReplyAddress? {
        guard let replyTo = fields.properties.replyTo, !replyTo.isEmpty else { return nil }
        let queue = ReplyRules.queue(of: replyTo)
        guard replies.allows(queue, hub: hub) else { return nil }
        return ReplyAddress(queue: queue, correlationID: correlationID, mode: mode)
    }
}
