/// An instance with a part of its history, as of one moment.
public struct InstanceView: Sendable, Hashable {
    /// The instance.
    public var record: InstanceRecord
    /// The number of the first of the episodes.
    public var from: Int
    /// Episodes of the present generation, in order.
    public var episodes: [[UInt8]]
    /// The details of the latest heartbeats of the present generation's open activities, by number.
    public var heartbeats: [Int: Payload?] = [:]

    /// An instance, and episodes of it from one on.
    public init(record: InstanceRecord, from: Int, episodes: [[UInt8]] = []) {
        self.record = record
        self.from = from
        self.episodes = episodes
    }

    /// The number of the episode after the last of these.
    public var next: Int { from + episodes.count }

    /// Whether the history has more.
    public var hasMore: Bool { next < record.episodes }
}
