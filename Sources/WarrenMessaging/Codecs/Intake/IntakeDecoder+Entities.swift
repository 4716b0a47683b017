import AMQPMessages
import Warren

/// Decodes operations for entities.
extension IntakeDecoder {
    /// Decodes an operation: a request that is raised at the entity as an event.
    func signal(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> RaiseCommand {
        guard let instanceID = request.instanceID else {
            throw Refusal(
                .badRoutingKey,
                "No entity is named. Publish with the routing key '<name>/<key>/<operation>', or set 'warren-instance-id' "
                    + "to '@<name>@<key>'.")
        }
        guard let entity = EntityID(instanceID: instanceID) else {
            throw Refusal(
                .badInstanceID,
                "'\(WireRules.excerpt(instanceID))' (\(request.instanceField)) is no entity. Its name has letters, digits, "
                    + "'_', '.' and '-', beginning with a letter or '_'; its key has no control characters and none of "
                    + "/ \\ # ? *; both have 126 bytes together at the most.")
        }
        guard let operation = request.name, !operation.isEmpty else {
            throw Refusal(
                .badRoutingKey,
                "No operation is named. Publish with the routing key '<name>/<key>/<operation>', or set 'warren-event'."
            )
        }
        try WireRules.checkEventName(operation, field: request.nameField)
        var asked = EntityRequest(isSignal: true, input: request.payload)
        asked.due = try startTime(request)
        if operation.hasPrefix("@") { asked = try reserved(operation, request) }
        var hash = StableHash()
        hash.add("signal")
        hash.add(entity.instanceID)
        hash.add(operation)
        hash.add(request.payload.bytes)
        // Hashes the delay as it was requested: the resulting time differs with every delivery.
        hash.add(request.startAt ?? request.delay.map { "+\($0)" })
        return RaiseCommand(
            instanceID: entity.instanceID, eventName: operation, payload: asked.payload,
            context: try context(
                ["signal", entity.instanceID, operation], hash, request, fields, instanceID: entity.instanceID))
    }

    /// Decodes what operators may ask of an entity: to remove it if it has no state, and to release a lock that was left.
    private func reserved(_ operation: String, _ request: IntakeRequest) throws(Refusal) -> EntityRequest {
        switch operation {
        case EntityRequest.Reserved.clean: return EntityRequest(isSignal: true)
        case EntityRequest.Reserved.release:
            let object = try BodyReader(limits: limits).object(request.payload.bytes)
            guard let execution = object?.string("execution") else {
                throw Refusal(
                    .invalidJSON,
                    "A release names the execution that has the lock: {\"execution\": \"…\"}, as 'lockedByExecution' in "
                        + "the entity's custom status.")
            }
            return EntityRequest(
                isSignal: true, caller: EntityRequest.Caller(instanceID: "", executionID: execution, taskID: 0))
        default:
            throw Refusal(
                .badName,
                "'\(WireRules.excerpt(operation))' (\(request.nameField)) is no operation: names that begin with '@' are "
                    + "Warren's own, and of these '@clean' and '@release' may be sent.")
        }
    }
}
