/// The conditions of a listing of instances. All of them must hold; absent ones always do.
public struct InstanceQuery: Sendable, Hashable, Codable {
    /// The orchestration's name.
    public var name: String?
    /// One of these statuses; empty for all.
    public var statuses: [RuntimeStatus]
    /// Created at this time or later.
    public var createdFrom: Timestamp?
    /// Created at this time or earlier.
    public var createdTo: Timestamp?
    /// Changed last at this time or later.
    public var updatedFrom: Timestamp?
    /// Changed last at this time or earlier: with statuses of open instances, those that have not moved since.
    public var updatedTo: Timestamp?
    /// Something that the instance waits for. Only open instances wait, so only they meet this condition.
    ///
    /// Events are found in the instances' rows, among the 20 oldest waits of each. For activities, sub-orchestrations and timers the hosts read histories,
    /// of which a page reads at most 2000 steps: a page may be short or empty although there are more. An instance with
    /// a history too long for that is listed whatever it waits for, with `openTasks` in
    /// ``OrchestrationStatus/omitted``.
    public var waitsFor: WaitCondition?
    /// The beginning of the instance ID.
    public var idPrefix: String?
    /// A tag with this value.
    public var tag: Tag?
    /// The ID of the instance that called this one as a sub-orchestration.
    public var parentID: String?
    /// The orchestration's input: instances with an input that is the same JSON value, however it is written. Members of
    /// objects have no order, and `1.0` is `1`.
    ///
    /// There is no index of inputs: the inputs of all instances that meet the other conditions are compared. Name the
    /// orchestration as well, so that those are few. Listings alone have this condition; counts and purges have not.
    public var withInput: Payload? {
        get { inputText.map { Payload(json: $0) } }
        set { inputText = newValue?.json }
    }
    /// The version with which the instance was started, to the byte. Instances without a version meet no such condition.
    public var version: String?
    /// The maximum number of instances: 1 to 1000.
    public var limit: Int
    /// The place in an earlier page after which to begin. It belongs to the order of that page.
    public var after: Cursor?
    /// The order of the listing: ``Order/newest``, unless a query with ``waitsFor`` is given none:
    /// ``Order/longestWaiting`` then.
    public var order: Order {
        get { sort ?? (waitsFor == nil ? .newest : .longestWaiting) }
        set { sort = newValue }
    }
    /// Whether to include the input of each instance. Pages are bounded in bytes: with payloads they may hold fewer
    /// instances than the limit, and there are more pages all the same.
    public var includeInput: Bool {
        get { input ?? false }
        set { input = newValue ? true : nil }
    }
    /// Whether to include the output of each instance.
    public var includeOutput: Bool {
        get { output ?? false }
        set { output = newValue ? true : nil }
    }
    // Optional, so that hosts can read queries of clients without payloads, and the reverse.
    private var input: Bool?
    private var output: Bool?
    private var sort: Order?
    // As text: JSON null is a value to compare with, and no condition is something else.
    private var inputText: String?

    private enum CodingKeys: String, CodingKey {
        case name, statuses, createdFrom, createdTo, updatedFrom, updatedTo, waitsFor, idPrefix, tag, parentID, version
        case limit, after
        case sort = "order"
        case inputText = "withInput"
        case input = "includeInput"
        case output = "includeOutput"
    }

    /// The conditions of a listing.
    public init(
        name: String? = nil, statuses: [RuntimeStatus] = [], createdFrom: Timestamp? = nil,
        createdTo: Timestamp? = nil, idPrefix: String? = nil, tag: Tag? = nil, limit: Int = 100,
        after: Cursor? = nil, includeInput: Bool = false, includeOutput: Bool = false, updatedFrom: Timestamp? = nil,
        updatedTo: Timestamp? = nil, waitsFor: WaitCondition? = nil, order: Order? = nil, parentID: String? = nil,
        withInput: Payload? = nil, version: String? = nil
    ) {
        inputText = withInput?.json
        self.parentID = parentID
        self.version = version
        self.updatedFrom = updatedFrom
        self.updatedTo = updatedTo
        self.waitsFor = waitsFor
        sort = order
        input = includeInput ? true : nil
        output = includeOutput ? true : nil
        self.name = name
        self.statuses = statuses
        self.createdFrom = createdFrom
        self.createdTo = createdTo
        self.idPrefix = idPrefix
        self.tag = tag
        self.limit = limit
        self.after = after
    }

    /// A label of an instance.
    public struct Tag: Sendable, Hashable, Codable {
        /// The label's name.
        public var key: String
        /// The label's value.
        public var value: String

        /// A label.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The order of a listing.
    public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
        /// The newest first: by creation time, then by instance ID, both descending.
        case newest
        /// The longest waiting first: by the time of the last change, then by instance ID, both ascending. Unless the
        /// query names statuses, only open instances are listed, because ended ones wait for nothing.
        ///
        /// An instance that moves while the pages are read goes to the end, and may so appear twice; none is missed.
        case longestWaiting = "waiting"

        /// Reads the name of an order.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let order = Order(rawValue: text) else {
                let names = Self.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "'\(text)' is no order of a listing; there is \(names).")
            }
            self = order
        }
    }

    /// The last instance of a page, in the order of the listing.
    public struct Cursor: Sendable, Hashable, Codable {
        /// The instance's creation time.
        public var createdAt: Timestamp
        /// The instance's ID.
        public var instanceID: String
        /// The time of the instance's last change, in a listing by it.
        public var lastUpdatedAt: Timestamp?

        /// A place in a listing.
        public init(createdAt: Timestamp, instanceID: String, lastUpdatedAt: Timestamp? = nil) {
            self.createdAt = createdAt
            self.instanceID = instanceID
            self.lastUpdatedAt = lastUpdatedAt
        }
    }
}

extension InstanceQuery {
    /// The statuses of the instances that can meet the query; `nil` for all, empty for none.
    package var possibleStatuses: [RuntimeStatus]? {
        let open = RuntimeStatus.allCases.filter { !$0.isTerminal }
        if statuses.isEmpty { return waitsFor != nil || order == .longestWaiting ? open : nil }
        return waitsFor == nil ? statuses : statuses.filter { !$0.isTerminal }
    }

    /// The conditions, by their names on the wire, that hosts of the first version did not know: they ignored them.
    package var laterConditions: [String] {
        var names: [String] = []
        if updatedFrom != nil { names.append("updatedFrom") }
        if updatedTo != nil { names.append("updatedTo") }
        if waitsFor != nil { names.append("waitsFor") }
        if order != .newest { names.append("order") }
        if parentID != nil { names.append("parentID") }
        if withInput != nil { names.append("withInput") }
        if version != nil { names.append("version") }
        return names
    }

    /// The place of a page that ends with an instance, in the query's order.
    package func cursor(createdAt: Timestamp, lastUpdatedAt: Timestamp, instanceID: String) -> Cursor {
        Cursor(
            createdAt: createdAt, instanceID: instanceID, lastUpdatedAt: order == .newest ? nil : lastUpdatedAt)
    }

    /// Whether an instance comes before another one in the query's order. IDs compare as bytes, as SQLite does, because
    /// Swift's order of strings is that of their normal forms.
    package func isListedBefore(
        _ left: (createdAt: Timestamp, lastUpdatedAt: Timestamp, instanceID: String),
        _ right: (createdAt: Timestamp, lastUpdatedAt: Timestamp, instanceID: String)
    ) -> Bool {
        switch order {
        case .newest:
            if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
            return right.instanceID.utf8.lexicographicallyPrecedes(left.instanceID.utf8)
        case .longestWaiting:
            if left.lastUpdatedAt != right.lastUpdatedAt { return left.lastUpdatedAt < right.lastUpdatedAt }
            return left.instanceID.utf8.lexicographicallyPrecedes(right.instanceID.utf8)
        }
    }
}
