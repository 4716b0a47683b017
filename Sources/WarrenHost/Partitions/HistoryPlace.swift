/// A place in a history, as a client sends it back: `episode.event`.
struct HistoryPlace: Hashable {
    var episode: Int
    var event: Int

    init(episode: Int, event: Int) {
        self.episode = episode
        self.event = event
    }

    /// Parses a place; an absent or unreadable text means the beginning.
    init(_ text: String?) {
        let parts = (text ?? "").split(separator: ".").map { Int($0) ?? 0 }
        episode = max(0, parts.first ?? 0)
        event = max(0, parts.dropFirst().first ?? 0)
    }

    var text: String { "\(episode).\(event)" }
}
