package import AMQPMessages
package import Warren
import WarrenSupport

/// Builds the messages by which clients start, control and query.
///
/// Starts, events and control messages are the same plain messages that any publisher in any language sends.
package struct RequestEncoder: Sendable {
    /// The addressed hub.
    package let hub: TaskHubName
    /// The queue for replies.
    package let replyQueue: String
    /// The time for which a host may hold a start or an event that it cannot take yet, if the publisher waits.
    package let holdLimit: Duration?

    package init(hub: TaskHubName, replyQueue: String, holdLimit: Duration? = nil) {
        self.hub = hub
        self.replyQueue = replyQueue
        self.holdLimit = holdLimit
    }

    /// Starts an orchestration.
    package func start(_ command: StartCommand, reply: ReplyAddress.Mode, ids: RequestIDs) -> OutboundMessage {
        var headers: FieldTable = [WireHeader.instanceID: .string(command.instanceID)]
        if command.ifExists != .ignore { headers[WireHeader.ifExists] = .string(command.ifExists.rawValue) }
        if let startAt = command.startAt { headers[WireHeader.startAt] = .string(ISO8601.text(startAt)) }
        for (key, value) in command.tags { headers[WireHeader.tagPrefix + key] = .string(value) }
        if let version = command.version { headers[WireHeader.version] = .string(version) }
        addHoldLimit(to: &headers, reply)
        return message(
            hub.startExchange, command.name, headers: headers, body: command.input, reply: reply, ids: ids,
            trace: command.context.trace)
    }

    /// Raises an event.
    ///
    /// - Parameter holdLimit: the time for which a host may hold it for its instance, if it differs from this encoder's
    ///   own.
    package func raise(
        _ command: RaiseCommand, reply: ReplyAddress.Mode, ids: RequestIDs, holdLimit: Duration? = nil
    ) -> OutboundMessage {
        var headers: FieldTable = [:]
        addHoldLimit(to: &headers, reply, holdLimit)
        var body = command.payload
        if let start = command.start {
            headers[WireHeader.start] = .string(start.name)
            headers[WireHeader.startInput] = .string(EventStart.Place.members)
            if start.replacesFinished {
                headers[WireHeader.ifExists] = .string(StartCommand.ExistingPolicy.restart.rawValue)
            }
            for (key, value) in start.tags { headers[WireHeader.tagPrefix + key] = .string(value) }
            body = EventStart.Place.body(event: command.payload, input: start.input)
        }
        return message(
            hub.eventExchange, "\(command.instanceID)/\(command.eventName)", headers: headers, body: body,
            reply: reply, ids: ids, trace: command.context.trace)
    }

    /// Sends an operation to an entity.
    ///
    /// - Parameter due: the time before which it does not run.
    package func signal(
        _ entity: EntityID, _ operation: String, _ input: Payload, due: Timestamp?, reply: ReplyAddress.Mode,
        ids: RequestIDs
    ) -> OutboundMessage {
        var headers: FieldTable = [:]
        headers[WireHeader.startAt] = due.map { .string(ISO8601.text($0)) }
        return message(
            hub.entityExchange, "\(entity.name)/\(entity.key)/\(operation)", headers: headers, body: input,
            reply: reply, ids: ids)
    }

    /// Adds the hold limit. It matters only to callers that wait for acceptance.
    func addHoldLimit(to headers: inout FieldTable, _ reply: ReplyAddress.Mode, _ limit: Duration? = nil) {
        guard let holdLimit = limit ?? holdLimit, reply == .accepted || reply == .both else { return }
        headers[WireHeader.hold] = .int64(min(holdLimit.wireMilliseconds, IntakeRequest.maximumDelay))
    }

    /// Terminates, suspends, resumes, rewinds, resets, restarts or purges.
    package func control(_ command: ControlCommand, reply: ReplyAddress.Mode, ids: RequestIDs) -> OutboundMessage {
        var headers: FieldTable = [:]
        if command.isRecursive != command.verb.isRecursiveByDefault {
            headers[WireHeader.recursive] = .bool(command.isRecursive)
        }
        if let number = command.beforeEvent { headers[WireHeader.beforeEvent] = .int64(Int64(number)) }
        if command.dropsEvents { headers[WireHeader.dropEvents] = true }
        if let id = command.newInstanceID { headers[WireHeader.newInstanceID] = .string(id) }
        // A restart is a start, which a host may hold until it knows the orchestration.
        if command.verb == .restart { addHoldLimit(to: &headers, reply) }
        return message(
            hub.controlExchange, "\(command.instanceID)/\(command.verb.rawValue)", headers: headers,
            body: command.reason.map { Payload(JSONValue.string($0)) } ?? .null, reply: reply, ids: ids)
    }

    /// Asks about an instance or the hub; `list` and `damaged` go to one partition.
    ///
    /// A question changes nothing, so it may be asked twice, and its message ID does not matter.
    ///
    /// - Parameters:
    ///   - partition: the partition, for `statuses`, `list`, `count` and `damaged`.
    ///   - historyFrom: the place where the history continues, as an earlier answer named it.
    ///   - watch: lets the answer wait for events behind that place.
    package func query(
        _ question: QueryCommand.Question, historyFrom: String? = nil, watch: HistoryWatch? = nil, partition: Int = 0,
        ids: RequestIDs
    ) -> OutboundMessage {
        switch question {
        case .status(let instanceID, let includeHistory):
            var headers: FieldTable = includeHistory ? [WireHeader.history: true] : [:]
            headers[WireHeader.historyFrom] = historyFrom.map { .string($0) }
            if let watch {
                headers[WireHeader.watch] = .int64(watch.milliseconds)
                headers[WireHeader.executionID] = .string(watch.executionID)
            }
            return message(
                hub.controlExchange, "\(instanceID)/status", headers: headers, body: .null, reply: .completed, ids: ids)
        case .statuses(let instanceIDs):
            // By the same queue as starts and events, so that the answer knows what was published before. Hosts of earlier
            // versions do not know the question: that needs no dead letter.
            return message(
                hub.controlExchange, "hub/statuses",
                headers: [
                    WireHeader.partition: .int64(Int64(partition)),
                    WireHeader.refuse: .string(RefusalMode.reply.rawValue),
                ], body: StatusesCodec.encode(question: instanceIDs), reply: .completed, ids: ids)
        case .wait(let instanceID):
            return message(hub.controlExchange, "\(instanceID)/wait", body: .null, reply: .completed, ids: ids)
        case .state(let instanceID, let question): return self.query(question, of: instanceID, ids: ids)
        case .describe:
            return message(hub.controlExchange, "hub/describe", body: .null, reply: .completed, ids: ids)
        case .damaged:
            // Hosts of earlier versions do not know the question: that needs no dead letter.
            return message(
                hub.queryExchange, "hub/damaged",
                headers: [
                    WireHeader.partition: .int64(Int64(partition)),
                    WireHeader.refuse: .string(RefusalMode.reply.rawValue),
                ], body: .null, reply: .completed, ids: ids)
        case .count(let query):
            // As for damaged rows.
            return message(
                hub.queryExchange, "hub/count",
                headers: [
                    WireHeader.partition: .int64(Int64(partition)),
                    WireHeader.refuse: .string(RefusalMode.reply.rawValue),
                ], body: InstanceCountCodec.encode(query), reply: .completed, ids: ids)
        case .list(let query):
            return message(
                hub.queryExchange, "hub/list", headers: [WireHeader.partition: .int64(Int64(partition))],
                body: InstanceQueryCodec.encode(query), reply: .completed, ids: ids)
        }
    }

    /// Purges ended instances of one partition.
    ///
    /// - Parameter query: the condition; its limit is the maximum number of purged instances.
    package func purge(_ query: InstanceQuery, partition: Int, ids: RequestIDs) -> OutboundMessage {
        message(
            hub.queryExchange, "hub/purge-ended", headers: [WireHeader.partition: .int64(Int64(partition))],
            body: InstanceQueryCodec.encode(query), reply: .completed, ids: ids)
    }

    /// Shows the limits of activities that one partition knows, after a change.
    package func limits(_ change: LimitsCommand.Change?, partition: Int, ids: RequestIDs) -> OutboundMessage {
        // Hosts of earlier versions do not know the message: that needs no dead letter.
        message(
            change == nil ? hub.queryExchange : hub.controlExchange, "hub/limits",
            headers: [
                WireHeader.partition: .int64(Int64(partition)),
                WireHeader.refuse: .string(RefusalMode.reply.rawValue),
            ], body: LimitsCodec.encode(change), reply: .completed, ids: ids)
    }

    /// Publishes a dead letter again; the caller waits for its acceptance.
    package func redrive(_ original: OutboundMessage, ids: RequestIDs) -> OutboundMessage {
        var message = original
        message.properties.replyTo = replyQueue
        message.properties.correlationID = ids.correlationID
        message.properties.headers[WireHeader.reply] = .string(ReplyAddress.Mode.accepted.rawValue)
        // If it is refused again, it becomes a dead letter again.
        message.properties.headers[WireHeader.refuse] = nil
        // The message may have to be published twice, and is to be taken once.
        if message.properties.messageID == nil, message.properties.headers[WireHeader.messageID] == nil {
            message.properties.messageID = ids.messageID
        }
        return message
    }

    func message(
        _ exchange: String, _ routingKey: String, headers: FieldTable = [:], body: Payload, reply: ReplyAddress.Mode,
        ids: RequestIDs, trace: TraceContext? = nil
    ) -> OutboundMessage {
        var headers = headers
        headers[WireHeader.reply] = .string(reply.rawValue)
        // A caller that waits for acceptance gets the refusal as reply: no dead letter is needed.
        if reply == .accepted || reply == .both {
            headers[WireHeader.refuse] = .string(RefusalMode.reply.rawValue)
        }
        var properties = MessageProperties(
            contentType: WireContentType.json, headers: headers, isPersistent: true,
            correlationID: ids.correlationID, replyTo: reply == .none ? nil : replyQueue, messageID: ids.messageID)
        properties.add(trace)
        return OutboundMessage(exchange: exchange, routingKey: routingKey, properties: properties, body: body.bytes)
    }
}

extension OutboundMessage {
    /// The message with the time at which it is published, in whole seconds.
    package func published(at time: Timestamp) -> OutboundMessage {
        var message = self
        message.properties.timestamp = seconds(time)
        return message
    }
}
