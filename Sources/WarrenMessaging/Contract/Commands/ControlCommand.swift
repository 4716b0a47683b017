package import Warren

package struct ControlCommand: Sendable, Hashable {
    package enum Verb: String, Sendable, Hashable, CaseIterable {
        case terminate, suspend, resume, purge
    }

    package var instanceID: String
    package var verb: Verb
    package var reason: String?
    /// For a purge: the purged instance that called this one. Only a child of exactly that execution is purged with it.
    package var parent: ParentInstance?
    package var context: CommandContext

    package init(
        instanceID: String, verb: Verb, reason: String? = nil, parent: ParentInstance? = nil,
        context: CommandContext = .init()
    ) {
        self.instanceID = instanceID
        self.verb = verb
        self.reason = reason
        self.parent = parent
        self.context = context
    }
}
