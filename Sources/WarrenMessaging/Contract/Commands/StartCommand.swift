package import Warren

package struct StartCommand: Sendable, Hashable {
    /// The treatment of a start when the instance exists already.
    package enum ExistingPolicy: String, Sendable, Hashable {
        case ignore, fail
        /// Replace one that has ended.
        case restart
        /// Replace one that has ended; terminate one that has not, with its sub-orchestrations, and replace it.
        case replaceAlways = "replace-always"
        /// For the call of an instance that goes on from an earlier point: the child of the former execution answers
        /// this call instead, with the end that it has or will have.
        case rejoin
        /// The same; but a child that failed is rewound first, and one that was terminated goes on.
        case rewind

        /// The policies that a publisher may choose.
        static let choices: [ExistingPolicy] = [.ignore, .fail, .restart, .replaceAlways]
        /// Another word for a policy: `restart` was the first one for what is a replacement.
        static let aliases = ["replace-finished": ExistingPolicy.restart]
    }

    package var name: String
    package var instanceID: String
    package var input: Payload
    package var ifExists: ExistingPolicy
    package var startAt: Timestamp?
    package var tags: [String: String]
    package var parent: ParentInstance?
    /// For `rejoin` and `rewind`: the execution of the parent that made the call before.
    package var formerExecutionID: String?
    /// For `rewind`: the operator's reason.
    package var reason: String?
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
