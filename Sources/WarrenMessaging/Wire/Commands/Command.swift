/// What a message asks of a partition, whichever way it came: an external publisher through the intake, another
/// partition, a worker, or a client.
package enum Command: Sendable, Hashable {
    case start(StartCommand)
    case raise(RaiseCommand)
    case control(ControlCommand)
    case purge(PurgeCommand)
    case childCompleted(ChildCompletedCommand)
    case workResult(WorkResult)
    case query(QueryCommand)
}
