import Warren
import WarrenMessaging

/// Decodes the bodies of replies.
extension ReplyMessage {
    /// The answer to a question about one instance.
    func status(of id: String) throws -> OrchestrationStatus {
        try value("the status of '\(id)'") { try QueryReplyCodec.decode(OrchestrationStatus.self, from: $0) }
    }

    /// The answer to a question about several instances, in the order of the question.
    func statuses(count: Int) throws -> [StatusesCodec.Entry] {
        try value("statuses") { try StatusesCodec.decode(answer: $0, count: count) }
    }

    /// The answer to a question about a partition's instances.
    func instances() throws -> InstanceListReply {
        try value("a list of instances") { try QueryReplyCodec.decode(InstanceListReply.self, from: $0) }
    }

    /// The answer to a question for the number of instances.
    func counts() throws -> InstanceCounts {
        try value("numbers of instances") { try QueryReplyCodec.decode(InstanceCounts.self, from: $0) }
    }

    /// The answer to a purge of a partition's instances.
    func purge() throws -> PurgeReply {
        try value("the outcome of a purge") { try QueryReplyCodec.decode(PurgeReply.self, from: $0) }
    }

    /// The answer to a question about the rows that a partition has set aside.
    func damagedRows() throws -> DamagedRowsReply {
        try value("the rows that were set aside") { try QueryReplyCodec.decode(DamagedRowsReply.self, from: $0) }
    }

    /// The answer to a message about the limits of activities.
    func limits() throws -> LimitsReply {
        try value("the limits of activities") { try QueryReplyCodec.decode(LimitsReply.self, from: $0) }
    }

    /// The answer to a question about the hub.
    func description() throws -> HubDescription {
        let hub = try value("a hub's description") { try QueryReplyCodec.decode(HubDescription.self, from: $0) }
        guard (1...65_536).contains(hub.partitionCount) else {
            throw ClientError(.invalidReply, "The host says that the hub has \(hub.partitionCount) partitions.")
        }
        return hub
    }

    /// The output with which an instance ended.
    ///
    /// - Throws: ``OrchestrationFailure`` if it did not complete.
    func output(of id: String) throws -> Payload {
        switch status {
        case .completed:
            return body
        case .failed:
            throw OrchestrationFailure(
                instanceID: id, runtimeStatus: .failed, details: FailureCodec.decode(body))
        case .terminated:
            throw OrchestrationFailure(
                instanceID: id, runtimeStatus: .terminated,
                details: FailureDetails(type: "Terminated", message: terminationReason(body)))
        case .answered:
            return try OrchestrationFailure.output(of: status(of: id))
        case .rejected:
            throw ClientError(rejection: self)
        case .accepted, .failure:
            throw ClientError(.invalidReply, "The host says of '\(id)' only that it was '\(status.rawValue)'.")
        }
    }

    private func value<Value>(_ what: String, _ decode: (Payload) throws -> Value) throws -> Value {
        if status == .rejected { throw ClientError(rejection: self) }
        return try read(what, decode)
    }

    private func read<Value>(_ what: String, _ decode: (Payload) throws -> Value) throws -> Value {
        do {
            return try decode(body)
        } catch {
            throw ClientError(
                .invalidReply, "The host's answer cannot be read as \(what). Do host and client have the same version?",
                cause: error)
        }
    }
}

extension OrchestrationFailure {
    /// The output of an instance that has ended.
    ///
    /// - Throws: ``OrchestrationFailure`` if it did not complete.
    static func output(of status: OrchestrationStatus) throws -> Payload {
        switch status.runtimeStatus {
        case .completed:
            return status.output ?? .null
        case .terminated:
            throw OrchestrationFailure(
                instanceID: status.instanceID, runtimeStatus: .terminated,
                details: FailureDetails(type: "Terminated", message: terminationReason(status.output ?? .null)))
        default:
            throw OrchestrationFailure(
                instanceID: status.instanceID, runtimeStatus: status.runtimeStatus,
                details: status.failure ?? FailureDetails(type: "Unknown", message: "The host gave no details."))
        }
    }
}

/// The reason in a termination's output: normally a JSON string.
private func terminationReason(_ output: Payload) -> String {
    if output.isNull { return "no reason given" }
    guard case .string(let reason)? = try? JSONValue(output) else { return output.json }
    return reason
}

extension ClientError {
    /// Translates a host's refusal to an error.
    init(
        rejection answer: ReplyMessage, cause: (any Error)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        let refusal = ReplyCodec.refusal(of: answer)
        let code: Code =
            switch refusal?.reason {
            case .unknownInstance: .instanceNotFound
            case .instanceExists: .instanceExists
            case .instanceFinished: .instanceFinished
            case .instanceNotFinished: .instanceNotFinished
            case .instanceNotFailed: .instanceNotFailed
            case .instanceNotBegun: .instanceNotBegun
            case .instanceHoldsEntities: .instanceHoldsEntities
            case .unknownOrchestration: .unknownOrchestration
            case .instanceSuspended: .instanceSuspended
            case .unknownQuery, .unknownUpdate: .unknownHandler
            case .updateRefused: .updateRefused
            case .overloaded: .overloaded
            default: .rejected
            }
        self.init(
            code, "The host refused the message: \(refusal?.detail ?? answer.body.json)",
            reason: refusal?.reason.rawValue, cause: cause, file: file, line: line)
    }
}
