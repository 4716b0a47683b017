import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

typealias LifecycleEvent = HostConfiguration.LifecycleEvent

/// What happens when an instance ends, and who is told.
extension PartitionProcessor {
    /// Ends the instance. The caller records the event and writes the row.
    func finish(
        _ state: InstanceState, _ status: RuntimeStatus, output: Payload?, failure: FailureDetails?,
        _ messages: inout [OutboundMessage], _ batch: inout StepBatch
    ) {
        dropAlarms(of: state, &batch)
        state.openTasks = [:]
        state.newEvents = []
        state.session?.evict()
        state.session = nil
        state.record.status = status
        state.record.output = output
        state.record.failure = failure
        state.record.completedAt = state.record.lastUpdatedAt
        if let parent = state.record.parent {
            messages.append(completion(for: parent, of: state.record))
        }
        tellWaiters(of: state, &messages, &batch)
        if let event = LifecycleEvent(end: status) { announce(state, event, &messages) }
        if status == .failed { logFailure(of: state.record) }
    }

    /// Says in the host's log what a person who looks after it wants to know first.
    private func logFailure(of record: InstanceRecord) {
        setup.logger.warning(
            "An instance failed",
            metadata: [
                "instance": "\(record.instanceID)", "orchestration": "\(record.name)",
                "failure": "\(record.failure?.type ?? "unknown")",
                "message": "\((record.failure?.message ?? "").prefix(500))",
                "since": "\(ISO8601.text(record.createdAt))",
            ])
    }

    /// Tells the parent how its sub-orchestration ended.
    private func completion(for parent: ParentInstance, of record: InstanceRecord) -> OutboundMessage {
        let result: TaskOutcome =
            switch record.status {
            case .completed: .completed(record.output ?? .null)
            case .terminated:
                .failed(
                    FailureDetails(
                        type: "OrchestrationTerminated",
                        message: "The sub-orchestration '\(record.instanceID)' was terminated"
                            + (record.output.map { ": \($0.json)" } ?? ".")))
            default:
                .failed(
                    record.failure
                        ?? FailureDetails(type: "OrchestrationFailed", message: "The sub-orchestration failed."))
            }
        return setup.wire.encode(
            .childCompleted(ChildCompletedCommand(parent: parent, result: result)), to: parent.instanceID)
    }

    /// Publishes what happened to the instance, as far as that is configured: for machines and for people.
    func announce(_ state: InstanceState, _ event: LifecycleEvent, _ messages: inout [OutboundMessage]) {
        let record = state.record
        if setup.configuration.lifecycleEvents.contains(event) {
            // The time counts on where a process that is gone left off, without a column for it.
            let time = Int(clamping: max(setup.clock.now, record.lastUpdatedAt).microseconds)
            state.announced = max(state.announced &+ 1, time)
            messages.append(
                setup.wire.lifecycle(
                    LifecycleMessage(
                        instanceID: record.instanceID, executionID: record.executionID, name: record.name,
                        partition: setup.partition, status: event.description, sequence: state.announced,
                        createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt,
                        customStatus: record.customStatus, failure: record.failure)))
        }
        guard let line = report(event, of: record) else { return }
        messages.append(
            setup.wire.console(
                ConsoleMessage(
                    text: line.text, level: line.level, instanceID: record.instanceID,
                    executionID: record.executionID, orchestration: record.name, number: "s:\(event)",
                    at: record.lastUpdatedAt)))
    }

    private func report(_ event: LifecycleEvent, of record: InstanceRecord) -> (level: ConsoleLevel, text: String)? {
        let reports = setup.configuration.consoleReports
        guard reports != .nothing else { return nil }
        let subject = "\(record.name) \(record.instanceID)"
        switch record.status {
        case .failed:
            let failure = record.failure.map { ": \($0.type): \($0.message)" } ?? ""
            return (.error, "\(subject) failed\(failure)")
        case .terminated:
            return (.warning, "\(subject) was terminated" + (record.output.map { ": \($0.json)" } ?? ""))
        case .completed where reports == .everything:
            return (.info, "\(subject) completed: \((record.output ?? .null).json.prefix(400))")
        case .running where reports == .everything && event == .running:
            return (.info, "\(subject) started")
        default: return nil
        }
    }

    /// A message that cannot be taken: to the dead-letter queue with the reason, and to whoever asked.
    func refuse(
        _ refusal: Refusal, source: InboundMessage?, reply: ReplyAddress?, poison: FlightRecord.Suspect? = nil,
        _ batch: inout StepBatch
    ) {
        setup.logger.notice(
            "A message was refused",
            metadata: ["reason": "\(refusal.reason.rawValue)", "detail": "\(refusal.detail)"])
        if let source {
            batch.loose.append(
                setup.wire.deadLetter(source, refusal, poison: poison, partition: setup.partition, at: batch.now))
        }
        if let reply, reply.mode != .none {
            batch.loose.append(
                setup.wire.reply(
                    ReplyMessage(
                        address: reply, status: .rejected, instanceID: nil, body: setup.wire.json(refusal))))
        }
    }
}

extension LifecycleEvent {
    /// The event that an instance ended so; `nil` if that is no end.
    fileprivate init?(end status: RuntimeStatus) {
        switch status {
        case .completed: self = .completed
        case .terminated, .canceled: self = .terminated
        case .failed: self = .failed
        case .pending, .running, .suspended, .continuedAsNew: return nil
        }
    }
}
