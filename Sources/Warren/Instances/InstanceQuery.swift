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
    /// The beginning of the instance ID.
    public var idPrefix: String?
    /// A tag with this value.
    public var tag: Tag?
    /// The maximum number of instances: 1 to 1000.
    public var limit: Int
    /// The place in an earlier page after which to begin.
    public var after: Cursor?
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

    private enum CodingKeys: String, CodingKey {
        case name, statuses, createdFrom, createdTo, idPrefix, tag, limit, after
        case input = "includeInput"
        case output = "includeOutput"
    }

    /// The conditions of a listing.
    public init(
        name: String? = nil, statuses: [RuntimeStatus] = [], createdFrom: Timestamp? = nil,
        createdTo: Timestamp? = nil, idPrefix: String? = nil, tag: Tag? = nil, limit: Int = 100,
        after: Cursor? = nil, includeInput: Bool = false, includeOutput: Bool = false
    ) {
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

    /// The last instance of a page, in the order of listings: creation time, then instance ID, both descending.
    public struct Cursor: Sendable, Hashable, Codable {
        /// The instance's creation time.
        public var createdAt: Timestamp
        /// The instance's ID.
        public var instanceID: String

        /// A place in a listing.
        public init(createdAt: Timestamp, instanceID: String) {
            self.createdAt = createdAt
            self.instanceID = instanceID
        }
    }
}
