import AMQPMessages
import Warren

/// Encodes and decodes queries and updates of the state of orchestrators. A host of an earlier version refuses both.
extension PartitionCodec {
    func encode(_ update: UpdateCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.update
        encode(update.input, into: &message)
        message.properties.headers[WireHeader.instanceID] = .string(update.instanceID)
        message.properties.headers[WireHeader.name] = .string(update.name)
        encode(update.context, into: &message)
    }

    func encode(_ question: StateQuestion, of instanceID: String, into message: inout OutboundMessage) {
        message.properties.headers[WireHeader.operation] = "query"
        message.properties.headers[WireHeader.instanceID] = .string(instanceID)
        message.properties.headers[WireHeader.name] = .string(question.name)
        encode(question.input, into: &message)
    }

    func update(_ fields: MessageFields) throws(Refusal) -> UpdateCommand {
        UpdateCommand(
            instanceID: try instanceID(fields, WireHeader.instanceID), name: try memberName(fields, "an update"),
            input: try payload(fields), context: try context(fields))
    }

    func stateQuestion(_ fields: MessageFields) throws(Refusal) -> QueryCommand.Question {
        .state(
            instanceID: try instanceID(fields, WireHeader.instanceID),
            StateQuestion(name: try memberName(fields, "a query"), input: try payload(fields)))
    }

    private func memberName(_ fields: MessageFields, _ what: String) throws(Refusal) -> String {
        let name = try fields.required(WireHeader.name)
        try WireRules.checkName(name, of: what, field: "header 'warren-name'")
        return name
    }
}
