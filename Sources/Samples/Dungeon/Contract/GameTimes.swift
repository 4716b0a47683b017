import Warren

/// How long things take in the game. The same in every run of a hub: a game that is under way was begun by these.
struct GameTimes: Sendable {
    /// How long a user may take to confirm.
    var confirmation = Duration.minutes(2)
    /// The time between two looks at a user.
    var monitorInterval = Duration.seconds(20)
    /// How long a user is looked at.
    var monitorLimit = Duration.hours(1)
}

extension Duration {
    /// This length of time as people say it: `2 minutes`, `20 seconds`.
    var words: String {
        let seconds = components.seconds
        let (count, unit) = seconds >= 60 && seconds % 60 == 0 ? (seconds / 60, "minute") : (seconds, "second")
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }
}
