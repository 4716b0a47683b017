#if HTTP
import Warren
import WarrenClient
import WarrenSupport

/// One event of a live stream.
struct LiveEvent: Sendable {
    /// The kind of the event, its name on the wire.
    let kind: String
    let instanceID: String
    /// The orchestration.
    let name: String
    /// The status, or the level of a console line.
    let word: String
    /// JSON.
    let data: [UInt8]

    init(kind: String, instanceID: String, name: String, word: String, data: [UInt8]) {
        self.kind = kind
        self.instanceID = instanceID
        self.name = name
        self.word = word
        self.data = data
    }

    /// A change of an instance.
    init(_ notice: LifecycleNotice) {
        kind = "instance"
        instanceID = notice.instanceID
        name = notice.name
        word = notice.status
        data = notice.json.bytes
    }

    /// A line of the console.
    init(_ line: ConsoleLine) {
        var object = JSONObjectWriter()
        object.add("text", line.text)
        object.add("level", line.level.rawValue)
        object.add("instanceId", line.instanceID)
        object.add("executionId", line.executionID)
        object.add("orchestration", line.orchestration)
        object.add("number", line.number)
        object.add("time", ISO8601.text(line.at))
        kind = "line"
        instanceID = line.instanceID
        name = line.orchestration
        word = line.level.rawValue
        data = object.bytes
    }
}
#endif
