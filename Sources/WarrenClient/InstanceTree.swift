package import Warren

/// An instance with the sub-orchestrations that its present execution has called, and theirs.
package struct InstanceTree: Sendable, Hashable {
    /// One instance of the tree.
    package struct Node: Sendable, Hashable {
        /// The ID by which the parent called it.
        package var instanceID: String
        /// The orchestration's name as the parent called it.
        package var name: String
        /// The instance; `nil` if the hub has none of that ID: it has not begun, or was purged.
        package var status: OrchestrationStatus?
        /// The instances that it called, in the order of the calls.
        package var children: [Node]
        /// Whether its children were not read, because the tree has reached its bound.
        package var isCut: Bool

        package init(
            instanceID: String, name: String, status: OrchestrationStatus? = nil, children: [Node] = [],
            isCut: Bool = false
        ) {
            self.instanceID = instanceID
            self.name = name
            self.status = status
            self.children = children
            self.isCut = isCut
        }
    }

    /// The instances above the root: its parent, then the parent's parent, and so on, as far as the hub has them.
    package var ancestors: [OrchestrationStatus]
    /// The instance that was asked for.
    package var root: Node
    /// Whether instances were left out because there are more than the bound.
    package var isCut: Bool

    package init(ancestors: [OrchestrationStatus], root: Node, isCut: Bool) {
        self.ancestors = ancestors
        self.root = root
        self.isCut = isCut
    }
}

extension TaskHubClient {
    /// The number of parents that are looked up.
    private static let mostAncestors = 100

    /// Reads an instance with its parents and children. Each instance is asked for once, one after the other, so the
    /// parts of a tree that moves are of slightly different moments.
    ///
    /// Children are those of the present execution: after a continue-as-new, earlier ones are not part of the tree.
    ///
    /// - Parameter most: the number of instances after which no more children are looked up.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``.
    package func tree(of id: String, most: Int) async throws -> InstanceTree? {
        guard let (status, calls) = try await calls(of: id) else { return nil }
        var ancestors: [OrchestrationStatus] = []
        var seen: Set<String> = [id]
        var parent = status.parentID
        while let next = parent, ancestors.count < Self.mostAncestors, seen.insert(next).inserted,
            let above = try await self.status(of: next)
        {
            ancestors.append(above)
            parent = above.parentID
        }
        var left = most - 1
        var root = InstanceTree.Node(instanceID: id, name: status.name, status: status)
        // The instances above it cannot be below it as well: a call of their IDs is refused or starts another generation.
        try await add(calls, to: &root, &seen, &left)
        return InstanceTree(ancestors: ancestors, root: root, isCut: left < 0)
    }

    private typealias Call = (name: String, instanceID: String)

    private func add(
        _ calls: [Call], to node: inout InstanceTree.Node, _ seen: inout Set<String>, _ left: inout Int
    ) async throws {
        for call in calls where seen.insert(call.instanceID).inserted {
            guard left > 0 else {
                left = -1
                node.isCut = true
                return
            }
            left -= 1
            var child = InstanceTree.Node(instanceID: call.instanceID, name: call.name)
            if let (status, further) = try await self.calls(of: call.instanceID) {
                child.status = status
                try await add(further, to: &child, &seen, &left)
            }
            node.children.append(child)
        }
    }

    /// The instance with the sub-orchestrations that its history names.
    private func calls(of id: String) async throws -> (status: OrchestrationStatus, calls: [Call])? {
        let start: [Call] = []
        let found = try await historyWalk(of: id, start) { calls, events in
            for event in events {
                guard let node = try? JSONNode(event), node["type"]?.string == "SubOrchestrationCreated",
                    let instanceID = node["instanceID"]?.string
                else { continue }
                calls.append((node["name"]?.string ?? "", instanceID))
            }
        }
        return found.map { ($0.walk.status, $0.seen) }
    }
}
