/// The status of an instance.
public struct OrchestrationStatus: Sendable, Hashable, Codable {
    /// The orchestration's name.
    public var name: String
    /// The instance's ID.
    public var instanceID: String
    /// The present generation's ID.
    public var executionID: String
    /// The runtime status.
    public var runtimeStatus: RuntimeStatus
    /// The time at which the instance was accepted.
    public var createdAt: Timestamp
    /// The time of the instance's last change.
    public var lastUpdatedAt: Timestamp
    /// The time before which the instance was not to begin, if its start named one.
    public var scheduledStart: Timestamp?
    /// Its input.
    public var input: Payload?
    /// Its result, or the reason of a termination.
    public var output: Payload?
    /// The custom status that the orchestrator set.
    public var customStatus: Payload?
    /// The failure with which the instance ended.
    public var failure: FailureDetails?
    /// Its labels.
    public var tags: [String: String]
    /// The ID of the instance that called this one as a sub-orchestration; `nil` for one without a parent, and from a
    /// host of an older version.
    public var parentID: String?
    /// The version with which the present generation began; `nil` for none, and from a host of an older version.
    public var version: String?
    /// Why a suspended instance is suspended, and since when; `nil` for others, and for one that was suspended by a host of
    /// an older version.
    public var suspension: Suspension?
    /// How the orchestrator's body has ended, ``RuntimeStatus/completed`` or ``RuntimeStatus/failed``, while the instance is
    /// kept open by what ``waits`` lists: it ends so when all of that is finished. `nil` while the body runs, and at the
    /// end.
    public var bodyEnd: RuntimeStatus?
    /// What the instance waits for, as texts for people: `activity ChargeCard #3`, `timer #4 until …`, `event Approval`,
    /// `waits for its start at …`; the elements of ``waits``. Only open instances have any.
    public var openTasks: [String]
    /// What the instance waits for: its scheduled start; activities, sub-orchestrations and timers in the order of their
    /// numbers, at most 100; then external events, the longest wait first, at most 20.
    ///
    /// It is the same for an instance in memory and one that has not been touched for months. A wait for an event is
    /// recorded at the end of the step in which it begins. So an instance that last moved under a version of Warren
    /// without such records shows no events until its next step; those of remote executors (Durable Task SDKs) never
    /// show any, because the protocol does not tell. Empty, too, if a host of such a version answers: ``openTasks`` then
    /// has the tasks.
    public var waits: [OpenWait] {
        get { openWaits ?? [] }
        set { openWaits = newValue.isEmpty ? nil : newValue }
    }
    /// The number of waits beyond those in ``waits``.
    public var furtherWaits: Int {
        get { moreWaits ?? 0 }
        set { moreWaits = newValue > 0 ? newValue : nil }
    }
    /// The present generation's events, if asked for, each as one JSON object.
    public var history: [Payload]?
    /// The place where the history continues, if it is longer than this part.
    public var historyNext: String?
    /// The place behind the last event of a history that ends with this part: where to ask for what happens later.
    package var historyEnd: String?
    /// The members that were left out because the answer would have been too large: `input`, `output`, `customStatus`,
    /// `openTasks`, or `history` for payloads of single events.
    public var omitted: [String]?
    // Optional, so that clients can read answers of hosts without them.
    private var openWaits: [OpenWait]?
    private var moreWaits: Int?

    /// The status of an instance.
    public init(
        name: String, instanceID: String, executionID: String, runtimeStatus: RuntimeStatus, createdAt: Timestamp,
        lastUpdatedAt: Timestamp, input: Payload? = nil, output: Payload? = nil, customStatus: Payload? = nil,
        failure: FailureDetails? = nil, tags: [String: String] = [:], openTasks: [String] = [],
        history: [Payload]? = nil, scheduledStart: Timestamp? = nil
    ) {
        self.name = name
        self.instanceID = instanceID
        self.executionID = executionID
        self.runtimeStatus = runtimeStatus
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.scheduledStart = scheduledStart
        self.input = input
        self.output = output
        self.customStatus = customStatus
        self.failure = failure
        self.tags = tags
        self.openTasks = openTasks
        self.history = history
    }
}

extension OrchestrationStatus {
    private enum CodingKeys: String, CodingKey {
        case name, runtimeStatus, createdAt, lastUpdatedAt, scheduledStart, input, output
        case customStatus, failure, tags, parentID, openTasks, history, historyNext, historyEnd, omitted
        case version, suspension, bodyEnd
        case instanceID = "instanceId"
        case executionID = "executionId"
        case openWaits = "waits"
        case moreWaits = "furtherWaits"
    }

    /// The members as versions up to `7ae5bbe` spelled them: they read nothing else.
    private enum FormerKeys: String, CodingKey { case instanceID, executionID }

    /// Reads a status, with its IDs in either spelling.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let former = try decoder.container(keyedBy: FormerKeys.self)
        instanceID =
            try members.decodeIfPresent(String.self, forKey: .instanceID)
            ?? former.decode(String.self, forKey: .instanceID)
        executionID =
            try members.decodeIfPresent(String.self, forKey: .executionID)
            ?? former.decode(String.self, forKey: .executionID)
        name = try members.decode(String.self, forKey: .name)
        runtimeStatus = try members.decode(RuntimeStatus.self, forKey: .runtimeStatus)
        createdAt = try members.decode(Timestamp.self, forKey: .createdAt)
        lastUpdatedAt = try members.decode(Timestamp.self, forKey: .lastUpdatedAt)
        scheduledStart = try members.decodeIfPresent(Timestamp.self, forKey: .scheduledStart)
        input = try members.decodeIfPresent(Payload.self, forKey: .input)
        output = try members.decodeIfPresent(Payload.self, forKey: .output)
        customStatus = try members.decodeIfPresent(Payload.self, forKey: .customStatus)
        failure = try members.decodeIfPresent(FailureDetails.self, forKey: .failure)
        tags = try members.decode([String: String].self, forKey: .tags)
        parentID = try members.decodeIfPresent(String.self, forKey: .parentID)
        openTasks = try members.decode([String].self, forKey: .openTasks)
        history = try members.decodeIfPresent([Payload].self, forKey: .history)
        historyNext = try members.decodeIfPresent(String.self, forKey: .historyNext)
        historyEnd = try members.decodeIfPresent(String.self, forKey: .historyEnd)
        omitted = try members.decodeIfPresent([String].self, forKey: .omitted)
        openWaits = try members.decodeIfPresent([OpenWait].self, forKey: .openWaits)
        moreWaits = try members.decodeIfPresent(Int.self, forKey: .moreWaits)
        version = try members.decodeIfPresent(String.self, forKey: .version)
        suspension = try members.decodeIfPresent(Suspension.self, forKey: .suspension)
        bodyEnd = try members.decodeIfPresent(RuntimeStatus.self, forKey: .bodyEnd)
    }

    /// Writes a status, with its IDs in both spellings.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        var former = encoder.container(keyedBy: FormerKeys.self)
        try members.encode(instanceID, forKey: .instanceID)
        try former.encode(instanceID, forKey: .instanceID)
        try members.encode(executionID, forKey: .executionID)
        try former.encode(executionID, forKey: .executionID)
        try members.encode(name, forKey: .name)
        try members.encode(runtimeStatus, forKey: .runtimeStatus)
        try members.encode(createdAt, forKey: .createdAt)
        try members.encode(lastUpdatedAt, forKey: .lastUpdatedAt)
        try members.encodeIfPresent(scheduledStart, forKey: .scheduledStart)
        try members.encodeIfPresent(input, forKey: .input)
        try members.encodeIfPresent(output, forKey: .output)
        try members.encodeIfPresent(customStatus, forKey: .customStatus)
        try members.encodeIfPresent(failure, forKey: .failure)
        try members.encode(tags, forKey: .tags)
        try members.encodeIfPresent(parentID, forKey: .parentID)
        try members.encode(openTasks, forKey: .openTasks)
        try members.encodeIfPresent(history, forKey: .history)
        try members.encodeIfPresent(historyNext, forKey: .historyNext)
        try members.encodeIfPresent(historyEnd, forKey: .historyEnd)
        try members.encodeIfPresent(omitted, forKey: .omitted)
        try members.encodeIfPresent(openWaits, forKey: .openWaits)
        try members.encodeIfPresent(moreWaits, forKey: .moreWaits)
        try members.encodeIfPresent(version, forKey: .version)
        try members.encodeIfPresent(suspension, forKey: .suspension)
        try members.encodeIfPresent(bodyEnd, forKey: .bodyEnd)
    }
}
