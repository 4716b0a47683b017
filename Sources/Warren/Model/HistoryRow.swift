/// The events of one episode.
public struct HistoryRow: Sendable, Hashable {
    /// The key of the instance.
    public var instance: Int64
    /// The generation that the episode belongs to.
    public var generation: Int
    /// Counts from 0 within a generation, without gaps: a history with a gap is treated as damaged when it is read.
    public var episode: Int
    /// The events: opaque to the store.
    public var events: [UInt8]

    /// The events of an episode.
    public init(instance: Int64, generation: Int, episode: Int, events: [UInt8]) {
        self.instance = instance
        self.generation = generation
        self.episode = episode
        self.events = events
    }
}
