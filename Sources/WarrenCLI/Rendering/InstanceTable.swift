import Warren

/// A listing as aligned columns: ID, name, status, times, what each instance waits for, and what it says of itself.
struct InstanceTable {
    let instances: [OrchestrationStatus]
    let style: Style
    let now: Timestamp

    /// The width in characters of what is said of waits, and of each other part of the last column.
    private static let waitsWidth = 90
    private static let partWidth = 60

    /// The lines, the heading first.
    var lines: [String] {
        let idWidth = width(of: "ID", instances.map { $0.instanceID.printable.count })
        let nameWidth = width(of: "NAME", instances.map { $0.name.printable.count })
        let statusWidth = width(of: "STATUS", instances.map { $0.runtimeStatus.rawValue.count })
        let timeWidth = "2026-11-21T04:22:56Z".count
        let heading = [
            "ID".padded(to: idWidth), "NAME".padded(to: nameWidth), "STATUS".padded(to: statusWidth),
            "CREATED".padded(to: timeWidth), "UPDATED".padded(to: timeWidth), "ABOUT",
        ].joined(separator: "  ")
        return [style.faint(heading)]
            + instances.map { instance in
                [
                    instance.instanceID.printable.padded(to: idWidth), instance.name.printable.padded(to: nameWidth),
                    style.status(instance.runtimeStatus, padding: statusWidth),
                    instance.createdAt.shortText.padded(to: timeWidth),
                    instance.lastUpdatedAt.shortText.padded(to: timeWidth),
                    about(instance),
                ].joined(separator: "  ").trimmingBlanks
            }
    }

    private func width(of heading: String, _ widths: [Int]) -> Int {
        max(heading.count, widths.max() ?? 0)
    }

    /// What the instance waits for, then how it failed or what it says of itself: neither hides the other.
    private func about(_ instance: OrchestrationStatus) -> String {
        var parts: [String] = []
        if let suspension = instance.suspension, suspension.cause != .byOperator || suspension.reason != nil {
            parts.append(Self.part("\(suspension.cause.rawValue): \(suspension.reason ?? "")"))
        }
        if instance.bodyEnd != nil { parts.append("body ended") }
        if let waits = WaitText(status: instance, now: now).line(most: 3) {
            parts.append("waits for \(waits)".printable.shortened(to: Self.waitsWidth))
        }
        if let failure = instance.failure {
            parts.append(Self.part("\(failure.type): \(failure.message)"))
        } else if let custom = instance.customStatus, !custom.isNull {
            parts.append(Self.part(custom.json))
        }
        if let omitted = instance.omitted, !omitted.isEmpty {
            parts.append(Self.part("left out: \(omitted.map(words).joined(separator: ", ")); see 'warren status'"))
        }
        return parts.joined(separator: "; ")
    }

    private static func part(_ text: String) -> String { text.printable.shortened(to: partWidth) }

    private func words(_ omitted: String) -> String {
        switch omitted {
        case "openTasks": "what it waits for"
        case "customStatus": "custom status"
        default: omitted
        }
    }
}

extension String {
    /// The text without a prefix, if it has that.
    func droppingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }

    /// The text without blanks at its end.
    var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
