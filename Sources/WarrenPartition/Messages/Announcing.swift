import Warren
import WarrenMessaging

/// Announces what happens to an instance, within the configuration: lifecycle messages for programs, console lines for
/// people.
extension InstanceState {
    func announce(_ event: LifecycleEvent, _ messages: inout [OutboxMessage], _ frame: Frame) {
        if frame.rules.lifecycleEvents.contains(event) {
            // The time continues the numbers of an earlier process, without a column for them.
            let time = Int(clamping: max(frame.now, record.lastUpdatedAt).microseconds)
            announced = max(announced &+ 1, time)
            messages.append(
                frame.wire.lifecycle(
                    LifecycleMessage(
                        instanceID: record.instanceID, executionID: record.executionID, name: record.name,
                        partition: frame.rules.partition, status: event.rawValue, sequence: announced,
                        createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt,
                        customStatus: record.customStatus, failure: record.failure, trace: record.trace)))
        }
        guard let line = report(event, frame.rules.consoleReports) else { return }
        messages.append(
            frame.wire.console(
                ConsoleMessage(
                    text: line.text, level: line.level, instanceID: record.instanceID,
                    executionID: record.executionID, orchestration: record.name, number: "s:\(event.rawValue)",
                    at: record.lastUpdatedAt)))
    }

    private func report(
        _ event: LifecycleEvent, _ reports: PartitionRules.ConsoleReports
    ) -> (level: ConsoleLevel, text: String)? {
        guard reports != .nothing else { return nil }
        var subject: String { "\(record.name) \(record.instanceID)" }
        // A start that is ignored does not count as another end.
        switch record.status {
        case .failed where event == .failed:
            let failure = record.failure.map { ": \($0.type): \($0.message)" } ?? ""
            return (.error, "\(subject) failed\(failure)")
        case .terminated where event == .terminated:
            return (.warning, "\(subject) was terminated" + (record.output.map { ": \($0.json)" } ?? ""))
        case .completed where reports == .everything && event == .completed:
            return (.info, "\(subject) completed: \((record.output ?? .null).json.prefix(400))")
        case .suspended where event == .suspended:
            guard let suspension = record.condition.suspension, suspension.cause != .byOperator else { return nil }
            return (.warning, "\(subject) is suspended: \(suspension.reason ?? suspension.cause.rawValue)")
        case .running where reports == .everything && event == .running:
            return (.info, "\(subject) started")
        default: return nil
        }
    }
}
