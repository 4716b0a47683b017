import Warren
import WarrenStorage

/// Formats commits for the trace.
enum SimTrace {
    static func text(_ commit: PartitionCommit) -> String {
        var parts: [String] = []
        func add(_ name: String, _ count: Int) { if count > 0 { parts.append("\(name) \(count)") } }
        parts += commit.instances.map { "\($0.record.instanceID)=\($0.record.status.rawValue)" }
        add("history", commit.history.count)
        for row in commit.history {
            let events = (try? HistoryCodec.decode(row.events)) ?? []
            parts.append("{" + events.map { text($0) }.joined(separator: " ") + "}")
        }
        parts += commit.inbox.map { "key:\($0.key)" }
        parts += commit.timers.map { "timer \($0.key.instance)/\($0.key.id)" }
        parts += commit.removedTimers.map { "-timer \($0.instance)/\($0.id)" }
        add("leases", commit.leases.count)
        add("-leases", commit.removedLeases.count)
        parts += commit.outbox.map { "out \($0.id)" }
        parts += commit.removedOutbox.map { "-out \($0)" }
        add("held", commit.held.count)
        add("-held", commit.removedHeld.count)
        parts += commit.purgedInstances.map { "purge \($0)" }
        return "[\(parts.joined(separator: ", "))]"
    }

    private static func text(_ event: HistoryEvent) -> String {
        switch event {
        case .orchestratorStarted: "·"
        case .executionStarted: "started"
        case .taskScheduled(let id, _, _, _): "task\(id)"
        case .taskCompleted(let id, _): "task\(id)=ok"
        case .taskFailed(let id, let failure): "task\(id)=\(failure.type)"
        case .taskCanceled(let id): "task\(id)=canceled"
        case .taskHeartbeat(let id, _): "task\(id)=heartbeat"
        case .subOrchestrationCreated(let id, _, _, _, _): "child\(id)"
        case .subOrchestrationCompleted(let id, _): "child\(id)=ok"
        case .subOrchestrationFailed(let id, _): "child\(id)=failed"
        case .timerCreated(let id, _): "timer\(id)"
        case .timerFired(let id): "timer\(id)=fired"
        case .eventRaised(let name, let input, _): "event:\(name)\(input.json)"
        case .updateAccepted(_, let name, let input): "update:\(name)\(input.json)"
        case .updateCompleted(_, let result, let failure): "updated:\(failure?.type ?? result.json)"
        case .tagSet(let name, let value): "tag:\(name)=\(value ?? "-")"
        case .continuedAsNew: "continued"
        case .executionCompleted(let status, _, _): "end:\(status.rawValue)"
        case .executionTerminated: "terminated"
        case .executionRewound: "rewound"
        case .executionSuspended: "suspended"
        case .executionResumed: "resumed"
        case .patchMarked(let name, _): "patch:\(name)"
        case .eventSent(_, let target, let name, _): "send:\(name)>\(target)"
        case .orchestrationStarted(_, _, let target, _, _, _): "start>\(target)"
        }
    }
}
