import Warren
import WarrenSupport

/// The orchestration for which an entity is locked.
struct EntityLock: Hashable {
    var instanceID: String
    var executionID: String
    /// The number of the request for the lock.
    var taskID: Int

    init(_ caller: EntityRequest.Caller) {
        instanceID = caller.instanceID
        executionID = caller.executionID
        taskID = caller.taskID
    }

    /// Whether a request is of the execution that has the lock.
    func isHeld(by caller: EntityRequest.Caller?) -> Bool {
        caller.map { $0.executionID.isExactly(executionID) } ?? false
    }

    /// Whether a release is of this lock. An operator's names the execution alone.
    func isReleased(by caller: EntityRequest.Caller?) -> Bool {
        guard let caller, isHeld(by: caller) else { return false }
        return caller.taskID == taskID || caller.instanceID.isEmpty
    }

    /// Reads the lock of an entity; `nil` if it is not locked.
    init?(of record: InstanceRecord) {
        guard let status = record.customStatus, let node = try? JSONNode(status),
            let instanceID = node["lockedBy"]?.string, let executionID = node["lockedByExecution"]?.string,
            let taskID = node["lock"]?.integer
        else { return nil }
        self.instanceID = instanceID
        self.executionID = executionID
        self.taskID = Int(taskID)
    }
}

extension InstanceRecord {
    /// Notes, in the custom status of an entity's row, whether it has a state, and its lock.
    mutating func noteEntity(lock: EntityLock?) {
        var object = JSONObjectWriter()
        object.add("entityExists", output != nil)
        if let lock {
            object.add("lockedBy", lock.instanceID)
            object.add("lockedByExecution", lock.executionID)
            object.add("lock", lock.taskID)
        }
        customStatus = object.payload
    }
}
