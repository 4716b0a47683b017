package import AMQPMessages
import Warren

/// Encodes and decodes workers' answers: `correlation_id` echoed, body = the raw result, header `warren-status` if it
/// is not `ok`.
package struct WorkResultCodec: Sendable {
    /// The time for which a worker keeps an item after a heartbeat without a time.
    static let defaultLease: Duration = .seconds(60)

    private let hub: TaskHubName

    package init(hub: TaskHubName) {
        self.hub = hub
    }

    /// Builds a worker's answer.
    ///
    /// - Parameters:
    ///   - replyTo: of the work item. A partition's queue is reached through the result exchange, so that a worker
    ///     needs no right to write to the default exchange.
    ///   - correlationID: of the work item, echoed.
    package func encode(
        _ outcome: WorkResult.Outcome, replyTo: String, correlationID: String, attempt: Int? = nil
    ) -> OutboundMessage {
        let isOurs = hub.partition(ofQueue: replyTo) != nil
        var message = OutboundMessage(
            exchange: isOurs ? hub.resultExchange : "", routingKey: replyTo,
            properties: MessageProperties(contentType: WireContentType.json, isPersistent: true))
        Self.encode(outcome, attempt: attempt, correlationID: correlationID, into: &message)
        return message
    }

    static func encode(
        _ outcome: WorkResult.Outcome, attempt: Int?, correlationID: String, into message: inout OutboundMessage
    ) {
        message.properties.type = WireType.result
        message.properties.correlationID = correlationID
        // The table grows once.
        message.properties.headers.reserveCapacity(3)
        if let attempt { message.properties.headers[WireHeader.attempt] = .int64(Int64(attempt)) }
        let status: WireStatus
        switch outcome {
        case .completed(let payload):
            status = .ok
            message.body = payload.bytes
        case .failed(let failure):
            status = .failed
            message.body = FailureCodec.encode(failure).bytes
        case .heartbeat(let lease, let details, let worker):
            status = .heartbeat
            message.properties.headers[WireHeader.lease] = .int64(lease.wireMilliseconds)
            message.properties.replyTo = worker
            if let details { message.body = details.bytes }
        case .released:
            status = .released
        }
        message.properties.headers[WireHeader.status] = .string(status.rawValue)
    }

    static func decode(
        _ fields: MessageFields, signer: TokenSigner, limits: WireLimits
    ) throws(Refusal) -> WorkResult {
        guard let text = fields.properties.correlationID else {
            throw Refusal(.unmatchedResult, "A result must echo the work item's 'correlation_id'; it is missing.")
        }
        guard let token = signer.verify(text) else {
            throw Refusal(.unmatchedResult, "The 'correlation_id' is none that this hub gave out.")
        }
        do {
            try limits.check(fields.message)
            let attempt = try fields.integer(WireHeader.attempt, in: 1...Int64(Int32.max)).map { Int($0) }
            let status = try fields.word(WireHeader.status, WireStatus.allCases) ?? .ok
            return WorkResult(
                token: token, outcome: try outcome(status, fields, limits), attempt: attempt)
        } catch {
            // The token is valid, so an orchestrator waits: it can handle a failure, whereas a dead letter would leave
            // it waiting. A heartbeat is not an answer yet.
            if isProgress(fields) { throw error }
            return WorkResult(token: token, outcome: .failed(invalid(error, fields, limits)))
        }
    }

    private static func outcome(
        _ status: WireStatus, _ fields: MessageFields, _ limits: WireLimits
    ) throws(Refusal) -> WorkResult.Outcome {
        if status == .heartbeat {
            // At most a day: a worker that vanishes must not keep an item without limit.
            let lease = try fields.integer(WireHeader.lease, in: 1...86_400_000)
            return .heartbeat(
                lease: lease.map { .milliseconds($0) } ?? defaultLease, details: heartbeatDetails(of: fields, limits),
                worker: fields.properties.replyTo.map(ReplyRules.queue(of:)))
        }
        if status == .released { return .released }
        let content = try BodyReader(limits: limits).content(of: fields.message)
        var payload = content.payload
        payload.origin = PayloadOrigin.words(forAnswer: content, in: fields.message)
        return status == .ok ? .completed(payload) : .failed(FailureCodec.decode(payload))
    }

    /// The details of a heartbeat: its body. One that cannot be kept is replaced by a note, because the sign of life
    /// counts whatever comes with it.
    private static func heartbeatDetails(of fields: MessageFields, _ limits: WireLimits) -> Payload? {
        let size = fields.message.body.count
        guard size > 0 else { return nil }
        do throws(Refusal) {
            guard size <= ActivityContext.maximumHeartbeatBytes else {
                throw Refusal(
                    .tooLarge, "it has \(size) bytes, and \(ActivityContext.maximumHeartbeatBytes) are allowed")
            }
            let details = try BodyReader(limits: limits).content(of: fields.message).payload
            return details.isNull ? nil : details
        } catch {
            return Payload(JSONValue.string("(the body of the heartbeat cannot be kept: \(error.detail))"))
        }
    }

    private static func isProgress(_ fields: MessageFields) -> Bool {
        let status = fields.properties.headers[WireHeader.status]?.string?.lowercased()
        return status == WireStatus.heartbeat.rawValue || status == WireStatus.released.rawValue
    }

    /// The failure that represents an answer which breaks a rule of the wire.
    private static func invalid(
        _ refusal: Refusal, _ fields: MessageFields, _ limits: WireLimits
    ) -> FailureDetails {
        let invalid = FailureDetails(
            type: "InvalidResult", message: "The answer cannot be read: \(refusal)", isNonRetriable: true)
        let size = fields.message.body.count
        guard size > limits.maximumBodyBytes else { return invalid }
        var failure = FailureDetails.payloadTooLarge(
            "The worker's answer", bytes: size, limit: limits.maximumBodyBytes)
        failure.inner = [invalid]
        return failure
    }
}
