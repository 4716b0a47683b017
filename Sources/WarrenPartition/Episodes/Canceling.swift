import AMQPMessages
import Warren
import WarrenMessaging

/// Gives activities up, and tells their workers. No worker has to take notice: a late answer finds no open task.
extension PartitionState {
    /// Cancels an activity at the request of its orchestrator. Its event has not been tracked yet.
    ///
    /// - Returns: `false` if it has been answered in this very step, and so was not cancelled.
    mutating func cancelTask(
        _ taskID: Int, of instance: InstanceState, _ messages: inout [OutboxMessage], _ step: inout Step,
        _ frame: Frame
    ) -> Bool {
        guard case .activity(let call) = instance.open[taskID] else { return false }
        let record = instance.record
        // A work item of this episode is not sent at all.
        if !frame.wire.removeWorkItem(of: frame.token(of: taskID, of: record), from: &messages) {
            messages.append(cancellation(of: taskID, .canceled, of: record, frame))
        }
        deadlines.endTask(taskID, call, of: record, isAnswered: false, &step.commit)
        return true
    }

    /// Cancels the open activities of an execution that ends: the workers that have an item under a lease are told one by
    /// one, and all others once.
    func cancelActivities(of instance: InstanceState, _ messages: inout [OutboxMessage], _ frame: Frame) {
        guard !instance.open.isEmpty else { return }
        let record = instance.record
        var isAnyUnknown = false
        for (id, task) in instance.open.sorted {
            guard case .activity = task else { continue }
            if worker(of: id, of: record) != nil {
                messages.append(cancellation(of: id, .ended, of: record, frame))
            } else {
                isAnyUnknown = true
            }
        }
        if isAnyUnknown {
            messages.append(
                frame.wire.cancellation(ofExecution: record.executionID, of: record.instanceID))
        }
    }

    func cancellation(
        of taskID: Int, _ reason: WorkCancellation.Reason, of record: InstanceRecord, _ frame: Frame
    ) -> OutboundMessage {
        frame.wire.cancellation(
            of: frame.token(of: taskID, of: record), reason, to: worker(of: taskID, of: record))
    }

    /// The queue of the worker that has the item, if it has named one.
    private func worker(of taskID: Int, of record: InstanceRecord) -> String? {
        guard let lease = deadlines.lease(record.lease(taskID)), lease.isTaken else { return nil }
        return lease.worker
    }
}

extension Frame {
    func token(of taskID: Int, of record: InstanceRecord) -> TaskToken {
        TaskToken(
            partition: rules.partition, instanceID: record.instanceID, executionID: record.executionID, taskID: taskID)
    }
}
