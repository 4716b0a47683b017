import Warren

/// A listing as aligned columns: ID, name, status, times, and the custom status.
struct InstanceTable {
    let instances: [OrchestrationStatus]
    let style: Style

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

    private func about(_ instance: OrchestrationStatus) -> String {
        let text =
            if let failure = instance.failure {
                "\(failure.type): \(failure.message)"
            } else if let custom = instance.customStatus, !custom.isNull {
                custom.json
            } else if let task = instance.openTasks.first {
                instance.openTasks.count == 1 ? task : "\(task) and \(instance.openTasks.count - 1) more"
            } else if let omitted = instance.omitted, !omitted.isEmpty {
                "left out: \(omitted.map(words).joined(separator: ", ")); see 'warren status'"
            } else {
                ""
            }
        return text.printable.shortened(to: 60)
    }

    private func words(_ omitted: String) -> String {
        switch omitted {
        case "openTasks": "what it waits for"
        case "customStatus": "custom status"
        default: omitted
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
