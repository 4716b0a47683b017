import Warren

/// A bug on purpose, for a simulation that has to find it. The product does not call this.
extension PartitionMachine {
    /// Lets an answered activity be open again.
    package func reopenForTest(_ task: Int, of instanceID: String) {
        guard let instance = state.instances.peek(instanceID), instance.isLoaded,
            !instance.record.status.isTerminal
        else { return }
        instance.open.track(.taskScheduled(id: task, name: "", input: .null, retryOf: nil))
    }
}
