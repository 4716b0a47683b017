import Foundation
package import Testing

/// The cluster of broker nodes that `scripts/test --chaos` started, as the environment tells it.
package enum TestCluster {
    /// A command that takes `start`, `url`, `leader QUEUE`, `node N kill`, `cut N`, `heal N` … for this very cluster.
    private static let command = ProcessInfo.processInfo.environment["WARREN_BROKER_NODES"]

    package static let isThere = command != nil
    package static let remedy: Comment = """
        Needs several broker nodes: run scripts/test --chaos as root on Linux, or set WARREN_BROKER_NODES to what \
        'scripts/broker --nodes 3 control' prints.
        """

    package static let nodes = 1...3

    /// Runs a command against the cluster, which has to succeed, and returns what it printed.
    @discardableResult
    package static func control(_ arguments: String...) async throws -> String {
        let result = try await run(arguments)
        try #require(result.exitCode == 0, "\(arguments): \(result.errors)")
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The address for clients, in which the given node comes first and the others follow in order.
    ///
    /// The heartbeat is short, so that a frozen node is noticed soon.
    package static func url(first: Int) async throws -> String {
        let url = try await control("url")
        let at = try #require(url.lastIndex(of: "@"), "no address: \(url)")
        let list = url[url.index(after: at)...].split(separator: ",")
        try #require(list.count == nodes.count, "not \(nodes.count) nodes: \(url)")
        let turned = list.dropFirst(first - 1) + list.prefix(first - 1)
        return "\(url[...at])\(turned.joined(separator: ","))/?heartbeat=3"
    }

    /// The node that leads a stream or a quorum queue.
    package static func leader(of queue: String) async throws -> Int {
        let answer = try await control("leader", queue)
        return try #require(Int(answer), "no node: \(answer)")
    }

    /// Undoes whatever was done to the nodes.
    package static func recover() async throws {
        for node in nodes {
            // A node that does not run cannot be thawed.
            _ = try await run(["node", "\(node)", "thaw"])
            try await control("heal", "\(node)")
        }
        // A node that was frozen for long does not always come back into the cluster by itself.
        if try await run(["start"]).exitCode != 0 { try await control("restart") }
    }

    private static func run(_ arguments: [String]) async throws -> Program {
        let command = try #require(command, remedy)
        return try await Program.run("sh", ["-c", "exec \(command) \"$@\"", "control"] + arguments)
    }
}
