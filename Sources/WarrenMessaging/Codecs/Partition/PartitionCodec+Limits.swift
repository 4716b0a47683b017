import AMQPMessages
import Warren

/// Encodes and decodes what concerns the limits of activities.
///
/// A host of an earlier version does not know the messages: they become dead letters there, and the calls wait until a
/// later version asks again.
extension PartitionCodec {
    func encode(_ limits: LimitsCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.limits
        message.body = LimitsCodec.encode(limits.change).bytes
    }

    func limits(_ fields: MessageFields) throws(Refusal) -> LimitsCommand {
        LimitsCommand(try LimitsCodec.decode(try payload(fields), isHosts: true), context: try context(fields))
    }

    func permit(_ fields: MessageFields) throws(Refusal) -> PermitCommand {
        guard let verb = try fields.word(WireHeader.verb, PermitCommand.Verb.allCases) else {
            throw fields.refuse(WireHeader.verb, "a verb; it is missing")
        }
        let priorities = Int64(CallOrder.priorities.lowerBound)...Int64(CallOrder.priorities.upperBound)
        let until = try fields.integer(WireHeader.busyUntil, in: .min...(.max))
        return PermitCommand(
            verb, try fields.required(WireHeader.activity),
            of: TaskToken(
                partition: try fields.requiredInteger(WireHeader.partition),
                instanceID: try instanceID(fields, WireHeader.instanceID),
                executionID: try fields.required(WireHeader.executionID),
                taskID: try fields.requiredInteger(WireHeader.taskID)),
            priority: try fields.integer(WireHeader.priority, in: priorities).map { Int($0) }
                ?? CallOrder.usualPriority,
            fairnessKey: try fields.text(WireHeader.fairnessKey) ?? "",
            busyUntil: until.map { Timestamp(microseconds: $0) })
    }
}
