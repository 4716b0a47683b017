import Warren

/// A deliberate bug for a simulation that has to find it. The product does not call this.
extension PartitionMachine {
    /// Opens an answered activity again.
    package func reopenForTest(_ task: Int, of instanceID: String) {
        guard let instance = state.instances.peek(instanceID), instance.isLoaded,
            !instance.record.status.isTerminal
        else { return }
        instance.open.track(.taskScheduled(id: task, name: "", input: .null))
    }
}
