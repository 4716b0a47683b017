import Warren

/// Judges whether a command survives its message unchanged.
///
/// These are the rules by which a command is decoded, applied to a value: they are at least as strict. Where a rule would need
/// the message to be taken apart, the answer is no.
extension PartitionCodec {
    /// Whether decoding the message of a command gives an equal command, with equal origins of payloads.
    ///
    /// - Parameter body: the body of the command's message.
    func keeps(_ command: Command, _ body: [UInt8]) -> Bool {
        switch command {
        case .start(let start): keeps(start)
        case .raise(let raise): keeps(raise)
        case .control(let control): keeps(control, body)
        case .childCompleted(let completed): keeps(completed)
        case .permit(let permit): keeps(permit)
        case .update, .purge, .workResult, .query, .limits: false
        }
    }

    private func keeps(_ start: StartCommand) -> Bool {
        WireRules.isName(start.name) && WireRules.isInternalInstanceID(start.instanceID) && keeps(start.input)
            && keeps(tags: start.tags) && keeps(start.parent) && WireRules.fitsHeader(start.version)
            && WireRules.fitsHeader(start.formerExecutionID)
            && WireRules.fitsHeader(start.reason, maximum: Self.maximumReason)
            && keeps(start.context)
    }

    private func keeps(_ raise: RaiseCommand) -> Bool {
        raise.start == nil && WireRules.isEventName(raise.eventName)
            && WireRules.isInternalInstanceID(raise.instanceID) && keeps(raise.payload) && keeps(raise.context)
    }

    private func keeps(_ control: ControlCommand, _ body: [UInt8]) -> Bool {
        guard WireRules.isInternalInstanceID(control.instanceID), keeps(control.parent), keeps(control.context)
        else { return false }
        if let id = control.newInstanceID, !WireRules.isInternalInstanceID(id) { return false }
        if let number = control.beforeEvent, !(1...Int(Int32.max)).contains(number) { return false }
        guard let reason = control.reason else { return true }
        return isJSON(body) && JSONObjectReader.plainText(body) == reason
    }

    private func keeps(_ completed: ChildCompletedCommand) -> Bool {
        guard keeps(completed.parent), keeps(completed.context) else { return false }
        switch completed.result {
        // The message of an output does not say how it arrived.
        case .completed(let output): return output.origin == nil && keeps(output)
        // Details and causes are checked and counted by the reader, and long texts are shortened.
        case .failed(let failure):
            return !failure.type.isEmpty && failure.details == nil && failure.inner.isEmpty
                && failure.shortened() == failure
        }
    }

    private func keeps(_ permit: PermitCommand) -> Bool {
        let token = permit.token
        guard WireRules.fitsHeader(permit.activity), isNumber(token.partition),
            WireRules.isInternalInstanceID(token.instanceID),
            WireRules.fitsHeader(token.executionID), isNumber(token.taskID)
        else { return false }
        guard permit.verb == .request else {
            return permit.priority == CallOrder.usualPriority && permit.fairnessKey.isEmpty
        }
        return CallOrder.priorities.contains(permit.priority) && WireRules.fitsHeader(permit.fairnessKey)
    }

    // MARK: - Parts

    private func keeps(_ context: CommandContext) -> Bool {
        // A partition's own messages have none of these. A trace is always of a form that is read as it was.
        context.reply == nil && context.userID == nil && context.holdLimit == nil && !context.refusesByReply
            && WireRules.fitsHeader(context.messageKey, maximum: 2048)
    }

    private func keeps(_ parent: ParentInstance?) -> Bool {
        guard let parent else { return true }
        return WireRules.fitsHeader(parent.name) && WireRules.isInternalInstanceID(parent.instanceID)
            && WireRules.fitsHeader(parent.executionID)
            && isNumber(parent.taskID)
    }

    private func keeps(_ payload: Payload) -> Bool {
        if let origin = payload.origin, PayloadOrigin.cut(origin) != origin { return false }
        return isJSON(payload.bytes)
    }

    private func keeps(tags: [String: String]) -> Bool {
        tags.allSatisfy { name, value in
            // A mark that combines with the prefix would change where the name begins.
            guard let first = name.utf8.first, first < 0x80 else { return false }
            return value.utf8.count <= 1024
        }
    }

    private func isJSON(_ bytes: [UInt8]) -> Bool { JSONValidator.accepts(bytes, limits) }

    private func isNumber(_ number: Int) -> Bool { (0...Int(Int32.max)).contains(number) }
}
