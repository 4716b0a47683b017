import WarrenSupport

/// A request to an entity: an operation, or a step of a lock. It travels as an event that is raised at the entity, with
/// the operation as the event's name and this as its value.
package struct EntityRequest: Sendable, Hashable {
    /// The names of requests that are no operations.
    package enum Reserved {
        /// Locks an entity, and then the others of a set.
        package static let lock = "@lock"
        /// Releases an entity.
        package static let release = "@release"
        /// Removes an entity without state.
        package static let clean = "@clean"
    }

    /// The orchestration that asks.
    package struct Caller: Sendable, Hashable {
        package var instanceID: String
        package var executionID: String
        /// The number of the request in the execution.
        package var taskID: Int

        package init(instanceID: String, executionID: String, taskID: Int) {
            self.instanceID = instanceID
            self.executionID = executionID
            self.taskID = taskID
        }

        /// The name of the event by which the caller gets the answer.
        package var answerName: String { "@\(taskID)" }
    }

    /// Whether no answer is wanted.
    package var isSignal: Bool
    package var input: Payload
    /// `nil` for a signal of a client or of another entity.
    package var caller: Caller?
    /// The number of the caller's request to the same entity before this one: it comes first.
    package var after: Int?
    /// The time before which a signal has no effect.
    package var due: Timestamp?
    /// The IDs of the entities to lock, in their order; for a lock only.
    package var lockSet: [String]
    /// The place in `lockSet` of the entity to lock now.
    package var position: Int

    package init(
        isSignal: Bool, input: Payload = .null, caller: Caller? = nil, after: Int? = nil, due: Timestamp? = nil,
        lockSet: [String] = [], position: Int = 0
    ) {
        self.isSignal = isSignal
        self.input = input
        self.caller = caller
        self.after = after
        self.due = due
        self.lockSet = lockSet
        self.position = position
    }

    /// The request as the value of an event.
    package var payload: Payload {
        var object = JSONObjectWriter()
        object.add("signal", isSignal)
        object.add("input", raw: input.embedded.bytes)
        if let caller {
            var writer = JSONObjectWriter()
            writer.add("instance", caller.instanceID)
            writer.add("execution", caller.executionID)
            writer.add("task", caller.taskID)
            object.add("caller", raw: writer.bytes)
        }
        if let after { object.add("after", after) }
        if let due { object.add("due", raw: "\(due.microseconds)") }
        if !lockSet.isEmpty {
            object.add("lockSet", lockSet)
            object.add("position", position)
        }
        return object.payload
    }

    /// Reads a request; `nil` for a value that is none.
    package init?(_ payload: Payload) {
        guard let node = try? JSONNode(payload), let isSignal = node["signal"]?.bool else { return nil }
        self.init(isSignal: isSignal, input: node["input"]?.payload ?? .null)
        if let caller = node["caller"] {
            guard let instanceID = caller["instance"]?.string, let executionID = caller["execution"]?.string,
                let taskID = caller["task"]?.integer
            else { return nil }
            self.caller = Caller(instanceID: instanceID, executionID: executionID, taskID: Int(taskID))
        }
        after = node["after"]?.integer.map { Int($0) }
        due = node["due"]?.integer.map { Timestamp(microseconds: $0) }
        lockSet = node["lockSet"]?.elements?.compactMap(\.string) ?? []
        position = node["position"]?.integer.map { Int($0) } ?? 0
        guard lockSet.isEmpty || lockSet.indices.contains(position) else { return nil }
    }

    /// Whether a recorded request may be used for this one. The time of a scheduled signal is not compared, as with
    /// timers.
    func isSame(_ recorded: Payload, _ isSameInput: (Payload) -> Bool) -> Bool {
        guard var old = EntityRequest(recorded), isSameInput(old.input) else { return false }
        old.input = input
        old.due = due
        return old == self
    }
}
