import Warren
import WarrenClient
import WarrenSupport

/// A tree of instances, as lines for people and as JSON. Pure.
struct TreeReport {
    let tree: InstanceTree
    let style: Style
    let now: Timestamp

    /// One line for each instance: its ID behind the branches that lead to it, its name, its status, what it waits for.
    var lines: [String] {
        var rows: [(branch: String, id: String, status: OrchestrationStatus?, name: String, isCut: Bool)] = []
        for (depth, ancestor) in tree.ancestors.reversed().enumerated() {
            rows.append((Self.branch(depth), ancestor.instanceID, ancestor, ancestor.name, false))
        }
        func add(_ node: InstanceTree.Node, branch: String, below: String) {
            rows.append((branch, node.instanceID, node.status, node.name, node.isCut))
            for (index, child) in node.children.enumerated() {
                let isLast = index == node.children.count - 1
                add(child, branch: below + (isLast ? "└─ " : "├─ "), below: below + (isLast ? "   " : "│  "))
            }
        }
        let depth = tree.ancestors.count
        add(tree.root, branch: Self.branch(depth), below: String(repeating: "   ", count: depth))

        let idWidth = rows.map { $0.branch.count + $0.id.printable.count }.max() ?? 0
        let nameWidth = rows.map(\.name.printable.count).max() ?? 0
        let statusWidth = rows.map { ($0.status?.runtimeStatus.rawValue ?? "gone").count }.max() ?? 0
        return rows.map { row in
            let id = row.id.printable.padded(to: idWidth - row.branch.count)
            let status =
                row.status.map { style.status($0.runtimeStatus, padding: statusWidth) }
                ?? style.faint("gone".padded(to: statusWidth))
            let cut = row.isCut ? " (calls that are not shown)" : ""
            return [
                style.faint(row.branch) + id, row.name.printable.padded(to: nameWidth), status, about(row.status) + cut,
            ].joined(separator: "  ").trimmingBlanks
        }
    }

    /// The object that `--json` prints. Inputs, outputs and custom statuses are part of each instance.
    var json: JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("ancestors", tree.ancestors.map { StatusJSON($0).object })
        object.add("instance", raw: json(tree.root).bytes)
        if tree.isCut { object.add("isCut", true) }
        return object
    }

    private func json(_ node: InstanceTree.Node) -> JSONObjectWriter {
        var object: JSONObjectWriter
        if let status = node.status {
            object = StatusJSON(status).object
        } else {
            object = JSONObjectWriter()
            object.add("name", node.name)
            object.add("instanceId", node.instanceID)
            object.add("isGone", true)
        }
        if node.isCut { object.add("isCut", true) }
        object.add("children", node.children.map(json))
        return object
    }

    private static func branch(_ depth: Int) -> String {
        depth == 0 ? "" : String(repeating: "   ", count: depth - 1) + "└─ "
    }

    private func about(_ status: OrchestrationStatus?) -> String {
        guard let status else { return "not begun, or purged" }
        if let failure = status.failure { return "\(failure.type): \(failure.message)".printable.shortened(to: 80) }
        return WaitText(status: status, now: now).line().map { "waits for \($0)".printable.shortened(to: 120) } ?? ""
    }
}
