/// A request to a partition, whatever its source: an external publisher through the intake, another partition, a
/// worker, or a client.
///
/// Its size is that of its largest case, and every input has room for one: what operators send now and then stands apart.
package enum Command: Sendable, Hashable {
    case start(StartCommand)
    case raise(RaiseCommand)
    case control(ControlCommand)
    case update(UpdateCommand)
    indirect case purge(PurgeCommand)
    case childCompleted(ChildCompletedCommand)
    case workResult(WorkResult)
    indirect case query(QueryCommand)
    case limits(LimitsCommand)
    case permit(PermitCommand)
}
