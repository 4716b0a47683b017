/// A request to a partition, whatever its source: an external publisher through the intake, another partition, a
/// worker, or a client.
///
/// Its size is that of its largest case, and it is copied on its way: all but the most frequent, the result of work, stand apart.
package enum Command: Sendable, Hashable {
    indirect case start(StartCommand)
    indirect case raise(RaiseCommand)
    indirect case control(ControlCommand)
    indirect case update(UpdateCommand)
    indirect case purge(PurgeCommand)
    indirect case childCompleted(ChildCompletedCommand)
    case workResult(WorkResult)
    indirect case query(QueryCommand)
    indirect case limits(LimitsCommand)
    indirect case permit(PermitCommand)
}
