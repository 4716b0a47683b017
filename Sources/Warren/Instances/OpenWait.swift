import WarrenSupport

/// Something that an open instance waits for: an external event, an activity, a sub-orchestration, an
/// operation of an entity, a timer, its start.
public struct OpenWait: Sendable, Hashable, Codable {
    /// The kinds of waits. A host of a later version may name kinds that this version does not know.
    public struct Kind: RawRepresentable, Sendable, Hashable, Codable {
        /// The kind's name: `event`, `activity`, `permit`, `child`, `entity`, `timer`, `start`, `request`.
        public var rawValue: String

        /// The kind of a name, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// An external event that is to be raised.
        public static let event = Kind(rawValue: "event")
        /// An activity that is to answer.
        public static let activity = Kind(rawValue: "activity")
        /// A permit for an activity with limits: other calls of it come first.
        public static let permit = Kind(rawValue: "permit")
        /// A sub-orchestration that is to end.
        public static let child = Kind(rawValue: "child")
        /// An operation of an entity that is to answer, or a lock that is to be taken.
        public static let entity = Kind(rawValue: "entity")
        /// A request that an entity has taken and not finished; entities alone have such waits.
        public static let request = Kind(rawValue: "request")
        /// A timer that is to fire.
        public static let timer = Kind(rawValue: "timer")
        /// The scheduled start of the instance itself.
        public static let start = Kind(rawValue: "start")
    }

    /// The kind of the wait.
    public var kind: Kind
    /// The name of the event, activity, sub-orchestration or operation; `nil` for a timer or a start.
    public var name: String?
    /// The time at which the wait began: that of the step that asked for it. `nil` if it is not known.
    public var since: Timestamp?
    /// The time at which a timer fires or the instance starts.
    public var until: Timestamp?
    /// The ID of the sub-orchestration or of the entity; of a request at an entity, that of the instance that sent it, `nil`
    /// for a signal of a client or of another entity.
    public var instanceID: String?
    /// The number of the activity, sub-orchestration or timer in its execution, as in the history. Events have none.
    public var number: Int?
    /// The details of an activity's latest heartbeat, as JSON; `nil` if it has reported none, and for other waits.
    public var heartbeat: Payload?

    /// A wait.
    public init(
        kind: Kind, name: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, instanceID: String? = nil,
        number: Int? = nil, heartbeat: Payload? = nil
    ) {
        self.kind = kind
        self.name = name
        self.since = since
        self.until = until
        self.instanceID = instanceID
        self.number = number
        self.heartbeat = heartbeat
    }

    /// The wait as an element of ``OrchestrationStatus/openTasks``.
    package var text: String {
        let number = number.map { " #\($0)" } ?? ""
        let until = until.map { ISO8601.text($0) } ?? ""
        switch kind {
        case .start: return "waits for its start at \(until)"
        case .timer: return "timer\(number) until \(until)"
        case .permit: return "permit of \(name ?? "")\(number)"
        case .request: return "request \(name ?? "")\(instanceID.map { " from \($0)" } ?? "")\(number)"
        case .entity: return "operation \(name ?? "") of \(instanceID ?? "")\(number)"
        case .child: return "sub-orchestration \(name ?? "") \(instanceID ?? "")\(number)"
        default: return "\(kind.rawValue) \(name ?? "")\(number)"
        }
    }
}

extension OpenWait {
    private enum CodingKeys: String, CodingKey {
        case kind, name, since, until, number, heartbeat
        case instanceID = "instanceId"
    }

    /// The member as versions up to `7ae5bbe` spelled it: they read nothing else.
    private enum FormerKeys: String, CodingKey { case instanceID }

    /// Reads a wait, with its ID in either spelling.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let former = try decoder.container(keyedBy: FormerKeys.self)
        kind = try members.decode(Kind.self, forKey: .kind)
        name = try members.decodeIfPresent(String.self, forKey: .name)
        since = try members.decodeIfPresent(Timestamp.self, forKey: .since)
        until = try members.decodeIfPresent(Timestamp.self, forKey: .until)
        instanceID =
            try members.decodeIfPresent(String.self, forKey: .instanceID)
            ?? former.decodeIfPresent(String.self, forKey: .instanceID)
        number = try members.decodeIfPresent(Int.self, forKey: .number)
        heartbeat = try members.decodeIfPresent(Payload.self, forKey: .heartbeat)
    }

    /// Writes a wait, with its ID in both spellings.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        var former = encoder.container(keyedBy: FormerKeys.self)
        try members.encode(kind, forKey: .kind)
        try members.encodeIfPresent(name, forKey: .name)
        try members.encodeIfPresent(since, forKey: .since)
        try members.encodeIfPresent(until, forKey: .until)
        try members.encodeIfPresent(instanceID, forKey: .instanceID)
        try former.encodeIfPresent(instanceID, forKey: .instanceID)
        try members.encodeIfPresent(number, forKey: .number)
        try members.encodeIfPresent(heartbeat, forKey: .heartbeat)
    }
}
