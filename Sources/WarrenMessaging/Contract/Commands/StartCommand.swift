package import Warren

package struct StartCommand: Sendable, Hashable {
    /// The treatment of a start when the instance exists already.
    package enum ExistingPolicy: String, Sendable, Hashable {
        case ignore, fail, restart
    }

    package var name: String
    package var instanceID: String
    package var input: Payload
    package var ifExists: ExistingPolicy
    package var startAt: Timestamp?
    package var tags: [String: String]
    package var parent: ParentInstance?
    /// The version with which the instance is to begin; `nil` lets its host choose.
    package var version: String?
    package var context: CommandContext

    package init(
        name: String, instanceID: String, input: Payload = .null, ifExists: ExistingPolicy = .ignore,
        startAt: Timestamp? = nil, tags: [String: String] = [:], parent: ParentInstance? = nil,
        version: String? = nil, context: CommandContext = .init()
    ) {
        self.name = name
        self.instanceID = instanceID
        self.input = input
        self.ifExists = ifExists
        self.startAt = startAt
        self.tags = tags
        self.parent = parent
        self.version = version
        self.context = context
    }
}
