package import Warren

package struct ControlCommand: Sendable, Hashable {
    package enum Verb: String, Sendable, Hashable, CaseIterable {
        case terminate, suspend, resume, purge, rewind, reset, restart
    }

    package var instanceID: String
    package var verb: Verb
    package var reason: String?
    /// For a command that an instance passes on to its sub-orchestrations: the call by which it called this one. Only a
    /// child of exactly that execution is concerned.
    package var parent: ParentInstance?
    /// Whether sub-orchestrations are concerned, too. Of those of a reset: the ones that are forgotten.
    package var isRecursive: Bool
    /// For a reset: the number of the event before which the instance goes on; the history's first event has number 1.
    package var beforeEvent: Int?
    /// For a reset: whether external events that arrived after that point are forgotten, too.
    package var dropsEvents: Bool
    /// For a restart: the ID of the instance that is started; `nil` for the same one.
    package var newInstanceID: String?
    package var context: CommandContext

    /// - Parameter isRecursive: by default whether the verb has always been: a purge.
    package init(
        instanceID: String, verb: Verb, reason: String? = nil, parent: ParentInstance? = nil,
        isRecursive: Bool? = nil, beforeEvent: Int? = nil, dropsEvents: Bool = false, newInstanceID: String? = nil,
        context: CommandContext = .init()
    ) {
        self.instanceID = instanceID
        self.verb = verb
        self.reason = reason
        self.parent = parent
        self.isRecursive = isRecursive ?? verb.isRecursiveByDefault
        self.beforeEvent = beforeEvent
        self.dropsEvents = dropsEvents
        self.newInstanceID = newInstanceID
        self.context = context
    }
}

extension ControlCommand.Verb {
    /// Whether the verb concerns sub-orchestrations if its message does not say.
    package var isRecursiveByDefault: Bool {
        switch self {
        case .purge, .rewind: true
        case .terminate, .suspend, .resume, .reset, .restart: false
        }
    }
}
