/// Names one task of one execution: the `correlation_id` of work items, echoed by workers.
///
/// On the wire it carries a keyed hash, so that knowing the IDs is not enough to forge a result.
package struct TaskToken: Sendable, Hashable {
    package var partition: Int
    package var instanceID: String
    package var executionID: String
    package var taskID: Int
    /// Whether the token was signed by a version with a public key. It is valid for tasks that such a version asked
    /// for, and for no others.
    package var isFormer: Bool

    package init(partition: Int, instanceID: String, executionID: String, taskID: Int, isFormer: Bool = false) {
        self.partition = partition
        self.instanceID = instanceID
        self.executionID = executionID
        self.taskID = taskID
        self.isFormer = isFormer
    }
}
