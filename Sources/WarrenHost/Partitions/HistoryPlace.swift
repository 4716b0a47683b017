/// A place in a history, as a client gives it back: `episode.event`.
struct HistoryPlace: Hashable {
    var episode: Int
    var event: Int

    init(episode: Int, event: Int) {
        self.episode = episode
        self.event = event
    }

    /// The beginning, if the text says nothing.
    init(_ text: String?) {
        let parts = (text ?? "").split(separator: ".").map { Int($0) ?? 0 }
        episode = max(0, parts.first ?? 0)
        event = max(0, parts.dropFirst().first ?? 0)
    }

    var text: String { "\(episode).\(event)" }
}
