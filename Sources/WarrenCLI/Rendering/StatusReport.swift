import Warren

/// One instance for people: labelled lines, the failure with its causes, what it waits for and since when.
struct StatusReport {
    let status: OrchestrationStatus
    let style: Style
    let now: Timestamp

    private static let labelWidth = 12

    /// The lines.
    var lines: [String] {
        var lines: [String] = []
        lines += row("Instance", status.instanceID)
        lines += row("Name", status.name)
        lines += row("Version", status.version)
        lines.append(label("Status") + style.status(status.runtimeStatus))
        lines += suspensionLines
        lines += row("Execution", status.executionID)
        lines += row("Created", "\(status.createdAt.shortText) (\(Age(from: status.createdAt, to: now).text) ago)")
        lines += row(
            "Updated", "\(status.lastUpdatedAt.shortText) (\(Age(from: status.lastUpdatedAt, to: now).text) ago)")
        lines += row("Input", status.input?.json)
        lines += row("Output", status.output?.json)
        lines += row("Custom", status.customStatus.flatMap { $0.isNull ? nil : $0.json })
        lines += row("Tags", status.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        lines += row("Parent", status.parentID)
        // A start that is waited for is a sentence of its own, in the words of the host.
        let waits = WaitText(status: status, now: now)
        lines += row("Start", waits.start ?? status.scheduledStart.map { "scheduled for \($0.shortText)" })
        lines += row("Waits for", waits.lines.filter { $0 != waits.start })
        if let failure = status.failure { lines += failureLines(failure) }
        lines += row("Left out", (status.omitted ?? []).map(whereToFind))
        if let history = status.history {
            var events = HistoryLines(count: history.count, style: style)
            lines += [events.heading] + history.map { events.line($0) }
        }
        return lines
    }

    /// Why it is suspended and what ends that, and that only open tasks keep it from its end.
    private var suspensionLines: [String] {
        var lines: [String] = []
        if let suspension = status.suspension {
            let age = suspension.since.map { " (\(Age(from: $0, to: now).text), since \($0.shortText))" } ?? ""
            let words =
                switch suspension.cause {
                case .byOperator: "by an operator"
                case .nonDeterminism:
                    "its code does not agree with its history; deploy code that does, then 'warren resume'"
                case .version: "no host that has its partition runs its version"
                default: suspension.cause.rawValue
                }
            lines += row("Suspended", [words + age] + (suspension.reason.map { [$0] } ?? []))
        }
        if let end = status.bodyEnd {
            let word = end == .failed ? "it failed" : "it returned"
            lines += row("Body", "\(word); the instance ends when what it waits for has")
        }
        return lines
    }

    /// A member that the host's answer had no room for, and the way to get it.
    private func whereToFind(_ word: String) -> String {
        let id = status.instanceID
        return switch word {
        case "input": "the input, too large beside the rest: see the first event of 'warren status \(id) --history'"
        case "output": "the output, too large beside the rest: 'warren wait \(id)' prints it"
        case "customStatus": "the custom status, too large beside the rest: let the orchestrator set a smaller one"
        case "openTasks": "what it waits for, as its history is too long: see 'warren status \(id) --history'"
        case "history": "payloads of single events: start the host with a larger 'messages.maximumSize' to see them"
        default: word
        }
    }

    private func label(_ text: String) -> String {
        style.faint(text.padded(to: StatusReport.labelWidth))
    }

    private func row(_ name: String, _ value: String?) -> [String] {
        row(name, value.map { [$0] } ?? [])
    }

    private func row(_ name: String, _ values: [String]) -> [String] {
        values.enumerated().map { index, value in label(index == 0 ? name : "") + value.printable }
    }

    private func failureLines(_ failure: FailureDetails) -> [String] {
        var lines = [label("Failure") + style.red("\(failure.type): \(failure.message)".printable)]
        if let stack = failure.stack {
            lines += stack.split(separator: "\n").map { label("") + String($0).printable }
        }
        lines += row("  details", failure.details?.json)
        for inner in failure.inner {
            for (index, line) in FailureText(inner).lines.enumerated() {
                lines.append(label(index == 0 ? "  caused by" : "") + line.printable)
            }
        }
        return lines
    }
}
