import WarrenSupport

/// The answer of an entity to a call or to a lock. It travels as an event that is raised at the caller.
package struct EntityAnswer: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case completed(Payload)
        case failed(FailureDetails)
        /// All entities of a set are locked.
        case locked([String])
    }

    /// The execution that asked.
    package var executionID: String
    package var outcome: Outcome

    package init(executionID: String, outcome: Outcome) {
        self.executionID = executionID
        self.outcome = outcome
    }

    /// The answer as the value of an event.
    package var payload: Payload {
        var object = JSONObjectWriter()
        object.add("execution", executionID)
        switch outcome {
        case .completed(let result): object.add("result", raw: result.embedded.bytes)
        case .failed(let failure): object.add("failure", raw: failure.jsonObject().bytes)
        case .locked(let entities): object.add("locked", entities)
        }
        return object.payload
    }

    /// Reads an answer; `nil` for an event that is none.
    package init?(eventName: String, _ payload: Payload) {
        guard Self.number(eventName) != nil, let node = try? JSONNode(payload),
            let executionID = node["execution"]?.string
        else { return nil }
        self.executionID = executionID
        if let entities = node["locked"]?.elements {
            outcome = .locked(entities.compactMap(\.string))
        } else if let failure = node["failure"]?.payload {
            do {
                outcome = .failed(try failure.decode(as: FailureDetails.self))
            } catch {
                outcome = .failed(FailureDetails(type: "OperationFailed", message: failure.json))
            }
        } else if let result = node["result"]?.payload {
            outcome = .completed(result)
        } else {
            return nil
        }
    }

    /// The number of the request that an event answers; `nil` if its name is not that of an answer.
    package static func number(_ eventName: String) -> Int? {
        guard eventName.utf8.first == UInt8(ascii: "@") else { return nil }
        return Int(eventName.dropFirst())
    }
}
