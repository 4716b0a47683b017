/// An instance with a part of its history, as of one moment.
package struct InstanceView: Sendable, Hashable {
    package var record: InstanceRecord
    /// The number of the first of the episodes.
    package var from: Int
    /// Episodes of the present generation, in order.
    package var episodes: [[UInt8]]
    /// The details of the latest heartbeats of the present generation's open activities, by number.
    package var heartbeats: [Int: Payload?] = [:]

    package init(record: InstanceRecord, from: Int, episodes: [[UInt8]] = []) {
        self.record = record
        self.from = from
        self.episodes = episodes
    }

    /// The number of the episode after the last of these.
    package var next: Int { from + episodes.count }

    /// Whether the history has more.
    package var hasMore: Bool { next < record.episodes }
}
