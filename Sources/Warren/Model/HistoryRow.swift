/// The events of one episode.
package struct HistoryRow: Sendable, Hashable {
    package var instance: Int64
    package var generation: Int
    /// Counts from 0 within a generation, without gaps: a history with a gap is treated as damaged when it is read.
    package var episode: Int
    package var events: [UInt8]

    package init(instance: Int64, generation: Int, episode: Int, events: [UInt8]) {
        self.instance = instance
        self.generation = generation
        self.episode = episode
        self.events = events
    }
}
