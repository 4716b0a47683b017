import Warren

/// The dealings of an execution with entities, according to its history: the requests without an answer, and its locks.
package struct EntityTasks {
    private struct Request {
        var operation: String
        var entity: String
        var since: Timestamp?
    }

    private var open: [Int: Request] = [:]
    /// The entities that are locked, by the number of the request for the lock.
    package private(set) var locks: [Int: [String]] = [:]

    /// Whether a request has no answer.
    package func isOpen(_ id: Int) -> Bool { open[id] != nil }

    /// Whether there is a request without an answer, or a lock.
    var isEmpty: Bool { open.isEmpty && locks.isEmpty }

    /// What is waited for, in the order of the numbers.
    var waits: [OpenWait] {
        open.sorted { $0.key < $1.key }.map { id, request in
            OpenWait(
                kind: .entity, name: request.operation, since: request.since, instanceID: request.entity, number: id)
        }
    }

    mutating func sent(_ id: Int, _ name: String, _ input: Payload, to entity: String, at time: Timestamp?) {
        guard let request = EntityRequest(input) else { return }
        if name == EntityRequest.Reserved.release, let lock = request.caller?.taskID {
            locks[lock]?.removeAll { $0.isExactly(entity) }
            if locks[lock]?.isEmpty == true { locks[lock] = nil }
        } else if !request.isSignal {
            open[id] = Request(operation: name, entity: entity, since: time)
        }
    }

    mutating func raised(_ name: String, _ input: Payload) {
        guard let id = EntityAnswer.number(name), open[id] != nil, let answer = EntityAnswer(eventName: name, input)
        else { return }
        open[id] = nil
        if case .locked(let entities) = answer.outcome { locks[id] = entities }
    }
}
