/// A request to a partition, whatever its source: an external publisher through the intake, another partition, a
/// worker, or a client.
package enum Command: Sendable, Hashable {
    case start(StartCommand)
    case raise(RaiseCommand)
    case control(ControlCommand)
    case update(UpdateCommand)
    case purge(PurgeCommand)
    case childCompleted(ChildCompletedCommand)
    case workResult(WorkResult)
    case query(QueryCommand)
    case limits(LimitsCommand)
    case permit(PermitCommand)
}
