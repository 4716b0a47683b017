import Warren

/// What an instance waits for, for people, with how long it has waited: `event Approval (3 d), activity Pay (2 min)`.
struct WaitText {
    let status: OrchestrationStatus
    let now: Timestamp

    /// All waits on one line, the longest wait first, of equal ones timers last; `nil` if there is none.
    ///
    /// - Parameter most: the number of waits that are named; of further ones the line gives the number.
    func line(most: Int = 5) -> String? {
        guard !status.waits.isEmpty else {
            // A host of an older version gives texts without times.
            return status.openTasks.isEmpty
                ? nil : joined(status.openTasks.map { $0.droppingPrefix("waits for ") }, most: most, further: 0)
        }
        let waits = status.waits.enumerated().sorted {
            let (left, right) = ($0.element.since ?? now, $1.element.since ?? now)
            if left != right { return left < right }
            // A timer that began together with another wait is the time limit of that.
            let (isTimer, isOtherTimer) = ($0.element.kind == .timer, $1.element.kind == .timer)
            return isTimer != isOtherTimer ? isOtherTimer : $0.offset < $1.offset
        }
        return joined(waits.map { short($0.element) }, most: most, further: status.furtherWaits)
    }

    /// One line for each wait, with its number and times, in the order of the host.
    var lines: [String] {
        guard !status.waits.isEmpty else { return status.openTasks }
        let further = status.furtherWaits > 0 ? ["and \(status.furtherWaits) more"] : []
        return status.waits.filter { $0.kind != .start }.map(long) + further
    }

    /// The start for which the instance waits, as a sentence of its own.
    var start: String? {
        if let wait = status.waits.first(where: { $0.kind == .start }) { return wait.text }
        return status.openTasks.first { $0.hasPrefix("waits for its start") }
    }

    private func joined(_ texts: [String], most: Int, further: Int) -> String {
        let rest = max(0, texts.count - most) + further
        return texts.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    private func short(_ wait: OpenWait) -> String {
        switch wait.kind {
        case .timer: "timer\(due(wait.until))"
        case .start: wait.text.droppingPrefix("waits for ")
        case .permit: "permit of \(wait.name ?? "?")\(age(wait.since))"
        case .child: "child \(wait.instanceID ?? wait.name ?? "?")\(age(wait.since))"
        default: "\(wait.kind.rawValue) \(wait.name ?? "?")\(age(wait.since))"
        }
    }

    private func long(_ wait: OpenWait) -> String {
        let age = wait.since.map { " (\(Age(from: $0, to: now).text), since \($0.shortText))" } ?? ""
        return wait.text + age + (wait.heartbeat.map { ", last heartbeat \(excerpt($0))" } ?? "")
    }

    /// The details of a heartbeat, as far as they fit on a line.
    private func excerpt(_ details: Payload) -> String {
        let text = details.json
        return text.count > 80 ? "\(text.prefix(80))…" : text
    }

    private func age(_ since: Timestamp?) -> String { since.map { " (\(Age(from: $0, to: now).text))" } ?? "" }

    private func due(_ until: Timestamp?) -> String {
        guard let until else { return "" }
        return until > now ? " (in \(Age(from: now, to: until).text))" : " (due)"
    }
}
