/// A command to a schedule: the value of the event `command`.
///
/// `{"do": "pause"}`, `resume`, `trigger`, `delete`, or `{"do": "update", "schedule": {…}}`. One that cannot be read is
/// a command, too, so that the schedule says so instead of keeping it unread.
package enum ScheduleCommand: Sendable, Hashable {
    case pause, resume, trigger, delete
    case update(Schedule)
    /// A run has ended. Sent by the instance that watches it.
    case ended(run: String)
    case unknown(String)

    init(_ payload: Payload) {
        let node: JSONNode
        do {
            node = try JSONNode(payload)
        } catch {
            self = .unknown("a command is no JSON: \(error)")
            return
        }
        switch node["do"]?.string {
        case "pause": self = .pause
        case "resume": self = .resume
        case "trigger": self = .trigger
        case "delete": self = .delete
        case "ended": self = node["run"]?.string.map { .ended(run: $0) } ?? .unknown("'ended' has no 'run'")
        case "update":
            do {
                guard let schedule = node["schedule"] else {
                    self = .unknown("'update' has no 'schedule'")
                    return
                }
                self = .update(try schedule.payload.decode())
            } catch {
                self = .unknown("'update' has a schedule that cannot be read: \(error)")
            }
        case let word?:
            self = .unknown("'\(word.prefix(40))' is no command; there are pause, resume, trigger, update and delete")
        case nil: self = .unknown("a command has no member 'do'")
        }
    }

    /// The value of the event.
    package func payload() throws -> Payload {
        switch self {
        case .pause: Payload(json: #"{"do":"pause"}"#)
        case .resume: Payload(json: #"{"do":"resume"}"#)
        case .trigger: Payload(json: #"{"do":"trigger"}"#)
        case .delete: Payload(json: #"{"do":"delete"}"#)
        case .update(let schedule): Payload(json: #"{"do":"update","schedule":\#(try Payload(encoding: schedule))}"#)
        case .ended(let run): Payload(.object(["do": .string("ended"), "run": .string(run)]))
        case .unknown: .null
        }
    }
}
