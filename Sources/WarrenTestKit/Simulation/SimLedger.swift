import WarrenMessaging

/// The actual events, as seen outside of the host.
package final class SimLedger: @unchecked Sendable {
    struct Effect: Hashable {
        var execution: String
        var task: Int
    }

    /// The activities that ran at least once.
    var effects: Set<Effect> = []
    /// What workers are busy with, for as long as they may be: until they answer, or their lease is over.
    private var busy: [Effect: Int] = [:]
    private var answered: Set<Effect> = []
    /// The largest number of activities that ran at once.
    private(set) var mostBusy = 0

    /// Notes that a worker begins with an activity. One that is delivered once more after its answer is not counted: its
    /// worker died before it could say so.
    func begin(_ effect: Effect) {
        guard !answered.contains(effect) else { return }
        busy[effect, default: 0] += 1
        mostBusy = max(mostBusy, busy.count)
    }

    /// Notes that a worker is not busy with an activity any more.
    func end(_ effect: Effect, isAnswered: Bool = false) {
        if isAnswered {
            answered.insert(effect)
            busy[effect] = nil
        } else if let count = busy[effect] {
            busy[effect] = count > 1 ? count - 1 : nil
        }
    }

    /// The answers, by the requests that they answer.
    var replies: [String: [ReplyMessage]] = [:]
}
