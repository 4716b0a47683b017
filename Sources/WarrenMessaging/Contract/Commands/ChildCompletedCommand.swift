package import Warren

/// Reports that a sub-orchestration ended, to the instance that waits for it.
package struct ChildCompletedCommand: Sendable, Hashable {
    package var parent: ParentInstance
    package var result: TaskOutcome
    package var context: CommandContext

    package init(parent: ParentInstance, result: TaskOutcome, context: CommandContext = .init()) {
        self.parent = parent
        self.result = result
        self.context = context
    }
}
