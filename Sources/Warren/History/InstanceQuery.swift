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

    /// Which instances to list.
    public init(
        name: String? = nil, statuses: [RuntimeStatus] = [], createdFrom: Timestamp? = nil,
        createdTo: Timestamp? = nil, idPrefix: String? = nil, tag: Tag? = nil, limit: Int = 100,
        after: Cursor? = nil
    ) {
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
