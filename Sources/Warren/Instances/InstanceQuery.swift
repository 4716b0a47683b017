/// Which instances to list. All conditions must hold; absent ones always do.
public struct InstanceQuery: Sendable, Hashable, Codable {
    /// The orchestration's name.
    public var name: String?
    /// Any of these; empty for all.
    public var statuses: [RuntimeStatus]
    /// Created at this time or later.
    public var createdFrom: Timestamp?
    /// Created at this time or earlier.
    public var createdTo: Timestamp?
    /// The instance ID begins so.
    public var idPrefix: String?
    /// Has this tag with this value.
    public var tag: Tag?
    /// How many at the most: 1 to 1000.
    public var limit: Int
    /// Begin after this place of an earlier page.
    public var after: Cursor?
    /// Whether each instance is to come with its input. Pages are bounded in bytes: with payloads they may hold fewer
    /// instances than the limit, and there is more all the same.
    public var includeInput: Bool {
        get { input ?? false }
        set { input = newValue ? true : nil }
    }
    /// Whether each instance is to come with its output.
    public var includeOutput: Bool {
        get { output ?? false }
        set { output = newValue ? true : nil }
    }
    // Optional, so that queries of clients that do not know of payloads can be read, and theirs by hosts.
    private var input: Bool?
    private var output: Bool?

    private enum CodingKeys: String, CodingKey {
        case name, statuses, createdFrom, createdTo, idPrefix, tag, limit, after
        case input = "includeInput"
        case output = "includeOutput"
    }

    /// Which instances to list.
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
