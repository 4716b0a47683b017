import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// The name and the key of an entity on the command line.
struct EntityArguments: ParsableArguments {
    @Argument(help: "The entity's name.")
    var name: String

    @Argument(help: "The entity's key; '' for the empty one.")
    var key: String

    /// The entity.
    ///
    /// - Throws: `ValidationError` if there can be none.
    var checkedID: EntityID {
        get throws {
            let id = EntityID(name: name, key: key)
            if let problem = id.problem { throw ValidationError(problem) }
            return id
        }
    }
}

extension EntityStatus {
    /// The entity as one line of JSON.
    func line(withState: Bool) -> String {
        var object = JSONObjectWriter()
        object.add("name", id.name)
        object.add("key", id.key)
        object.add("exists", exists)
        object.add("createdTime", ISO8601.text(createdAt))
        object.add("lastOperationTime", ISO8601.text(lastOperationAt))
        object.add("lockedBy", ifPresent: lockedBy)
        if let queued {
            object.add("queued", queued)
            object.add("queue", queue.map(\.json))
        }
        if withState { object.add("state", state) }
        return object.text
    }

    /// The requests that wait, as lines for people; no lines if there are none.
    var queueLines: [String] {
        guard let queued, queued > 0 else { return [] }
        let owner = lockedBy.map { ", locked by \($0)" } ?? ""
        var lines = ["\(queued) \(queued == 1 ? "request waits or runs" : "requests wait or run")\(owner):".printable]
        lines += queue.map { request in
            let sender = request.sender.map { " from \($0)" } ?? ""
            let since = request.since.map { " since \(ISO8601.text($0))" } ?? ""
            return "  \(request.operation)\(sender)\(since)".printable
        }
        let rest = queued - queue.count
        if rest > 0 { lines.append("  and \(rest) more") }
        return lines
    }
}
