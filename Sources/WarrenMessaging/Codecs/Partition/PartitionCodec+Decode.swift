package import AMQPMessages
package import Warren

extension PartitionCodec {
    func command(from message: InboundMessage) throws(Refusal) -> Command {
        let fields = MessageFields(message: message)
        if message.exchange == hub.resultExchange || message.exchange.isEmpty {
            return .workResult(try WorkResultCodec.decode(fields, signer: signer, limits: limits))
        }
        guard message.exchange == hub.partitionExchange else {
            throw Refusal(
                .unknownKind,
                "The exchange '\(WireRules.excerpt(message.exchange))' does not lead to a partition of this hub.")
        }
        switch message.properties.type {
        case WireType.start: return .start(try start(fields))
        case WireType.raise: return .raise(try raise(fields))
        case WireType.update: return .update(try update(fields))
        case WireType.control: return .control(try control(fields))
        case WireType.purge:
            return .purge(
                PurgeCommand(try InstanceQueryCodec.decode(try payload(fields)), context: try context(fields)))
        case WireType.childCompleted: return .childCompleted(try childCompleted(fields))
        case WireType.limits: return .limits(try limits(fields))
        case WireType.permit: return .permit(try permit(fields))
        case WireType.query: return .query(try query(fields))
        case WireType.result:
            return .workResult(try WorkResultCodec.decode(fields, signer: signer, limits: limits))
        case let other:
            throw Refusal(
                .unknownKind,
                "The property 'type' is '\(WireRules.excerpt(other ?? ""))', which this version does not know.")
        }
    }

    /// The parent of the sub-orchestration that a message would have started, if any, even if the rest of the message
    /// cannot be read.
    package func parentOfStart(_ message: InboundMessage) -> ParentInstance? {
        guard message.exchange == hub.partitionExchange, message.properties.type == WireType.start else { return nil }
        let parent = Result { () throws(Refusal) in try optionalParent(MessageFields(message: message)) }
        return if case .success(let parent) = parent { parent } else { nil }
    }

    /// The reply address of a message, even if the rest of it cannot be read.
    package func replyAddress(of message: InboundMessage) -> ReplyAddress? {
        let read = Result { () throws(Refusal) in try context(MessageFields(message: message)) }
        return if case .success(let context) = read { context.reply } else { nil }
    }

    private func start(_ fields: MessageFields) throws(Refusal) -> StartCommand {
        let name = try fields.required(WireHeader.name)
        try WireRules.checkName(name, of: "an orchestration", field: "header 'warren-name'")
        let startAt = try fields.integer(WireHeader.startAtMicroseconds, in: .min...(.max))
        var command = StartCommand(
            name: name, instanceID: try instanceID(fields, WireHeader.instanceID), input: try payload(fields),
            ifExists: try fields.word(
                WireHeader.ifExists, StartCommand.ExistingPolicy.choices + [.rejoin, .rewind]) ?? .ignore,
            startAt: startAt.map { Timestamp(microseconds: $0) }, tags: try fields.tags(),
            parent: try optionalParent(fields), version: try fields.text(WireHeader.version),
            context: try context(fields))
        command.formerExecutionID = try fields.text(WireHeader.formerExecutionID)
        command.reason = try fields.text(WireHeader.reason, maximum: Self.maximumReason)
        return command
    }

    private func raise(_ fields: MessageFields) throws(Refusal) -> RaiseCommand {
        let event = try fields.required(WireHeader.event)
        try WireRules.checkEventName(event, field: "header 'warren-event'")
        let (payload, start) = try eventStart(fields)
        return RaiseCommand(
            instanceID: try instanceID(fields, WireHeader.instanceID), eventName: event, payload: payload,
            start: start, context: try context(fields))
    }

    private func control(_ fields: MessageFields) throws(Refusal) -> ControlCommand {
        guard let verb = try fields.word(WireHeader.verb, ControlCommand.Verb.allCases) else {
            throw fields.refuse(WireHeader.verb, "a verb; it is missing")
        }
        let body = try payload(fields)
        var command = ControlCommand(
            instanceID: try instanceID(fields, WireHeader.instanceID), verb: verb,
            reason: body.isNull ? nil : JSONObjectReader.plainText(body.bytes), parent: try optionalParent(fields),
            context: try context(fields))
        try readChoices(fields, of: &command)
        return command
    }

    private func childCompleted(_ fields: MessageFields) throws(Refusal) -> ChildCompletedCommand {
        let status = try fields.word(WireHeader.status, [WireStatus.ok, .failed])
        let body = Result { () throws(Refusal) in try payload(fields) }
        let result: TaskOutcome
        switch (status, body) {
        case (.ok?, .success(let output)): result = .completed(output)
        case (.failed?, .success(let failure)): result = .failed(FailureCodec.decode(failure))
        case (.ok?, .failure(let refusal)), (.failed?, .failure(let refusal)):
            // The parent waits: it can handle a failure, whereas a dead letter would leave it waiting.
            result = .failed(FailureDetails(type: "InvalidResult", message: refusal.description, isNonRetriable: true))
        case (.heartbeat?, _), (.released?, _), (nil, _):
            throw fields.refuse(WireHeader.status, "'ok' or 'failed'")
        }
        return ChildCompletedCommand(parent: try parent(fields), result: result, context: try context(fields))
    }

    private func query(_ fields: MessageFields) throws(Refusal) -> QueryCommand {
        let question: QueryCommand.Question
        switch try fields.required(WireHeader.operation) {
        case "status":
            question = .status(
                instanceID: try instanceID(fields, WireHeader.instanceID),
                includeHistory: try fields.flag(WireHeader.history) ?? false)
        case "statuses":
            question = .statuses(instanceIDs: try StatusesCodec.decodeQuestion(try payload(fields)))
        case "wait": question = .wait(instanceID: try instanceID(fields, WireHeader.instanceID))
        case "query": question = try stateQuestion(fields)
        case "list": question = .list(try InstanceQueryCodec.decode(try payload(fields)))
        case "count": question = .count(try InstanceCountCodec.decode(try payload(fields)))
        case "damaged": question = .damaged
        case "describe": question = .describe
        case let other:
            throw Refusal(.unknownVerb, "'\(WireRules.excerpt(other))' is no question that this version knows.")
        }
        return QueryCommand(
            question, historyFrom: try fields.text(WireHeader.historyFrom), watch: try HistoryWatch(fields),
            context: try context(fields))
    }

    private func optionalParent(_ fields: MessageFields) throws(Refusal) -> ParentInstance? {
        fields.properties.headers[WireHeader.parentInstanceID] == nil ? nil : try parent(fields)
    }

    private func parent(_ fields: MessageFields) throws(Refusal) -> ParentInstance {
        ParentInstance(
            name: try fields.required(WireHeader.parentName),
            instanceID: try instanceID(fields, WireHeader.parentInstanceID),
            executionID: try fields.required(WireHeader.parentExecutionID),
            taskID: try fields.requiredInteger(WireHeader.parentTaskID))
    }

    func context(_ fields: MessageFields) throws(Refusal) -> CommandContext {
        var reply: ReplyAddress?
        if let queue = try fields.text(WireHeader.replyTo) {
            // Checks again: a stolen client credential must not turn our replies into commands.
            guard replies.allows(queue, hub: hub) else {
                throw Refusal(.badReplyTo, "The header 'warren-reply-to' names no queue for replies.")
            }
            let modes: [ReplyAddress.Mode] = [.completed, .accepted, .both, .none]
            reply = ReplyAddress(
                queue: queue, correlationID: try fields.text(WireHeader.replyCorrelation) ?? "",
                mode: try fields.word(WireHeader.reply, modes) ?? .completed)
        }
        return CommandContext(
            messageKey: try fields.text(WireHeader.messageKey, maximum: 2048),
            bodyHash: try fields.integer(WireHeader.bodyHash, in: .min...(.max)) ?? 0, reply: reply,
            userID: try fields.text(WireHeader.userID), holdLimit: try fields.integer(WireHeader.hold),
            refusesByReply: try fields.word(WireHeader.refuse, RefusalMode.allCases) == .reply && reply != nil,
            trace: TraceContext(of: fields.properties.headers))
    }

    func instanceID(_ fields: MessageFields, _ header: String) throws(Refusal) -> String {
        let text = try fields.required(header)
        guard WireRules.isInternalInstanceID(text) else {
            throw Refusal(
                .badInstanceID, "'\(WireRules.excerpt(text))' (header '\(header)') cannot be an instance ID.")
        }
        return text
    }

    /// - Parameter levels: the levels of nesting that this codec has put around the publisher's value.
    func payload(_ fields: MessageFields, levels: Int = 0) throws(Refusal) -> Payload {
        let body = fields.message.body
        var limits = limits
        limits.maximumDepth += levels
        var payload = body.isEmpty ? .null : try BodyReader(limits: limits).json(body)
        payload.origin = try fields.text(WireHeader.origin).map { PayloadOrigin.cut($0) }
        return payload
    }
}
