import Warren

/// A length of time for people, in the largest unit that says enough: `45 s`, `12 min`, `7 h`, `3 d`.
struct Age {
    let text: String

    init(from start: Timestamp, to end: Timestamp) {
        let seconds = end.duration(since: start).components.seconds
        switch abs(seconds) {
        case 0..<120: text = "\(seconds) s"
        case 120..<7200: text = "\(seconds / 60) min"
        case 7200..<172_800: text = "\(seconds / 3600) h"
        default: text = "\(seconds / 86400) d"
        }
    }
}
