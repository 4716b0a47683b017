import Warren

/// Decodes queries and updates of the state of orchestrators.
extension IntakeDecoder {
    /// Reads the query of an instance.
    func stateQuestion(_ request: IntakeRequest) throws(Refusal) -> QueryCommand.Question {
        let instanceID = try target(request, "'<instance>/query/<name>'")
        let name = try memberName(request, "query")
        return .state(instanceID: instanceID, StateQuestion(name: name, input: request.payload))
    }

    func update(_ request: IntakeRequest, _ fields: MessageFields) throws(Refusal) -> UpdateCommand {
        let instanceID = try target(request, "'<instance>/update/<name>'")
        let name = try memberName(request, "update")
        var hash = StableHash()
        hash.add("update")
        hash.add(instanceID)
        hash.add(name)
        hash.add(request.payload.bytes)
        return UpdateCommand(
            instanceID: instanceID, name: name, input: request.payload,
            context: try context(["update", instanceID, name], hash, request, fields, instanceID: instanceID))
    }

    private func memberName(_ request: IntakeRequest, _ kind: String) throws(Refusal) -> String {
        guard let name = request.name else {
            throw Refusal(
                .badRoutingKey,
                "No \(kind) is named. Publish with the routing key '<instance>/\(kind)/<name>', or set the header "
                    + "'warren-name'.")
        }
        try WireRules.checkName(name, of: kind == "query" ? "a query" : "an update", field: request.nameField)
        return name
    }
}

extension IntakeRequest {
    /// The parts of the key `<instance>/query/<name>` or `<instance>/update/<name>`; `nil` for another key.
    static func namedOperation(of key: String) -> (instanceID: String, verb: String, name: String)? {
        guard let end = key.lastIndex(of: "/"), let start = key[..<end].lastIndex(of: "/") else { return nil }
        let instanceID = key[..<start]
        let verb = key[key.index(after: start)..<end]
        let name = key[key.index(after: end)...]
        guard ["query", "update"].contains(verb), !instanceID.isEmpty, !name.isEmpty else { return nil }
        return (String(instanceID), String(verb), String(name))
    }

    /// Reads which query or update is meant: from the header, else from the routing key.
    mutating func readNamedOperation(_ fields: MessageFields, _ key: String, _ head: String?) throws(Refusal) {
        let inKey = Self.namedOperation(of: key)
        name = try fields.text(WireHeader.name)
        if name != nil { nameField = "header 'warren-name'" }
        name = name ?? inKey?.name
        instanceID = instanceID ?? inKey?.instanceID ?? head
    }
}

extension IntakeRequest.Operation {
    /// The word of an operation that changes an instance; `nil` for others.
    var changing: String? {
        switch self {
        case .control(let verb): verb.rawValue
        case .update: "update"
        default: nil
        }
    }
}
