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
        if withState { object.add("state", state) }
        return object.text
    }
}
