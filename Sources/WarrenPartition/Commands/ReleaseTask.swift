import AMQPMessages
import Warren
import WarrenMessaging

extension PartitionState {
    /// Withdraws a work item from its worker, whether the worker has begun with it or not.
    ///
    /// - Parameter attempt: the number of the worker's dispatch, if the worker states it.
    mutating func withdraw(
        _ key: TaskLease.Key, _ call: OpenTasks.ActivityCall, of instance: InstanceState, attempt: Int?,
        _ step: inout Step, _ frame: Frame
    ) {
        let current = deadlines.lease(key)?.attempt ?? 1
        // Each dispatch is withdrawn once, however often the worker returns it.
        if let attempt, attempt < current { return }
        step.observe(
            .workGivenBack(
                .init(instanceID: instance.record.instanceID, activity: call.name, attempt: current + 1)))
        dispatchAgain(key, call, after: max(current, attempt ?? current), of: instance, &step, frame)
    }

    mutating func dispatchAgain(
        _ key: TaskLease.Key, _ call: OpenTasks.ActivityCall, after attempt: Int, of instance: InstanceState,
        _ step: inout Step, _ frame: Frame
    ) {
        deadlines.removeLimits(
            of: key.taskID, call.terms, dispatch: deadlines.lease(key)?.attempt ?? 1, of: instance.record, &step.commit)
        let attempt = deadlines.dispatchAgain(key, after: attempt, &step.commit)
        deadlines.setLimits(
            of: key.taskID, call.terms, dispatch: attempt, of: instance.record, now: step.now, &step.commit)
        var call = call
        call.previousHeartbeat = deadlines.lease(key)?.details ?? call.previousHeartbeat
        step.send(frame.workItem(key.taskID, call, dispatch: attempt, of: instance.record, in: instance.record.trace))
    }
}

extension Frame {
    /// Builds the work item that a worker is sent.
    ///
    /// - Parameter trace: the trace context of the call. A repeated dispatch has that of the instance: the span of the
    ///   call ended with the first one.
    func workItem(
        _ id: Int, _ call: OpenTasks.ActivityCall, dispatch: Int, of record: InstanceRecord,
        in trace: TraceContext?
    ) -> OutboundMessage {
        wire.workItem(item(id, call, dispatch: dispatch, of: record, in: trace))
    }

    /// Builds the work item that a worker is sent. If activities of this process may have it past the broker, the step carries
    /// it as a value, too.
    func workItem(
        _ id: Int, _ call: OpenTasks.ActivityCall, dispatch: Int, of record: InstanceRecord,
        in trace: TraceContext?, carriedBy step: inout Step
    ) -> OutboundMessage {
        let item = item(id, call, dispatch: dispatch, of: record, in: trace)
        let message = wire.workItem(item)
        if rules.localActivities.contains(call.name), let correlationID = message.properties.correlationID,
            let carried = wire.carried(item, in: message)
        {
            step.carried.add(CarriedWork(carried, correlationID: correlationID))
        }
        return message
    }

    private func item(
        _ id: Int, _ call: OpenTasks.ActivityCall, dispatch: Int, of record: InstanceRecord,
        in trace: TraceContext?
    ) -> WorkItem {
        let token = TaskToken(
            partition: rules.partition, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
        return WorkItem(
            activity: call.name, input: call.input, token: token, orchestration: record.name, attempt: dispatch,
            terms: call.terms, previousHeartbeat: call.previousHeartbeat, trace: trace)
    }
}
