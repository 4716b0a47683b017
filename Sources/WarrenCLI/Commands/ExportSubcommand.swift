import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren export`
struct ExportSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write instances with their inputs, outputs and histories to a file, one JSON object a line.",
        discussion: """
            Newest first, each as of the moment at which it was read; instances that were created after the command \
            began are not in it. The first member of each line, "warrenExport":1, is the version of the format; the \
            others are those of 'warren status --history --json'. The history is that of the present generation, with \
            payloads.

            An export is complete or it fails: if a partition does not answer within --timeout, the exit code is 4. With \
            --to FILE --resume it goes on behind the last complete line of the file, and with --after behind an \
            instance. 'warren import' starts the instances of an export again; 'warren sql' and 'warren hub journal' \
            are for whole files.

            EXAMPLES
              warren export --to orders.jsonl
              warren export --to orders.jsonl --resume
              warren export --status Failed --created-from 2026-11-01T00:00:00Z | jq .failure
            """)

    @OptionGroup(title: "Conditions")
    var conditions: InstanceConditions

    @Option(
        help: .init("Write to this file, which must not exist yet (default: standard output).", valueName: "file"),
        completion: .file())
    var to: String?

    @Flag(help: "Go on in the file of an export that was interrupted. Give the same conditions.")
    var resume = false

    @Option(help: .init("Begin behind this instance, in the order of the export.", valueName: "id"))
    var after: String?

    @Flag(inversion: .prefixedNo, help: "Include the histories.")
    var history = true

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if resume && (to == nil || to == "-") {
            throw ValidationError("--resume goes on in a file: name it with --to.")
        }
        if resume && after != nil { throw ValidationError("Give --resume or --after, not both.") }
    }

    func run() async throws {
        var query = conditions.query(pageSize: 100)
        (query.includeInput, query.includeOutput) = (true, true)
        // 1. Finds the place to begin.
        let file = if let to, to != "-" { try OutputFile(path: to, keeps: resume) } else { OutputFile() }
        if resume, let last = try file.keepCompleteLines() {
            let line: ExportedLine
            do {
                line = try ExportedLine(last)
            } catch let error as UsageError {
                throw UsageError("The last line of '\(to ?? "")' \(error)")
            }
            query.after = .init(createdAt: line.createdAt, instanceID: line.instanceID)
        }
        // 2. Writes a line for each instance.
        let place = query
        let count = try await connection.withClient { client in
            var query = place
            if let after {
                guard let status = try await client.status(of: after) else {
                    throw UsageError("Hub '\(connection.hubName)' has no instance '\(after)' to begin behind.")
                }
                query.after = .init(createdAt: status.createdAt, instanceID: status.instanceID)
            }
            var listing = client.instances(matching: query).makeAsyncIterator()
            var count = 0
            while case let instances = try await next(&listing), let last = instances.last {
                for (instance, part) in zip(instances, try await parts(of: instances, client)) {
                    if try await export(instance, part, client, file) { count += 1 }
                }
                Console.progress("\(count) instances, created \(last.createdAt.shortText)")
            }
            return count
        }
        try file.finish()
        Console.progress("")
        if connection.json, to != nil, to != "-" {
            var object = JSONObjectWriter()
            object.add("instancesExported", count)
            Console.out(object.text)
        } else {
            Console.note("exported \(count) \(count == 1 ? "instance" : "instances")")
        }
    }

    /// The number of histories that are requested at the same time. An answer has some megabytes at the most.
    private static let atOnce = 8

    private func next(_ listing: inout InstanceList.AsyncIterator) async throws -> [OrchestrationStatus] {
        var instances: [OrchestrationStatus] = []
        while instances.count < Self.atOnce, let instance = try await listing.next() { instances.append(instance) }
        return instances
    }

    /// What is to be written of each instance: with the beginning of its history, unless that is not wanted. `nil` for one
    /// that was purged meanwhile.
    private func parts(
        of instances: [OrchestrationStatus], _ client: TaskHubClient
    ) async throws -> [OrchestrationStatus?] {
        let history = history
        return try await withThrowingTaskGroup(of: (Int, OrchestrationStatus?).self) { group in
            for (index, instance) in instances.enumerated() {
                group.addTask {
                    if history { return (index, try await client.historyPart(of: instance.instanceID)) }
                    // An answer about one instance has more room than one about many.
                    guard instance.omitted?.isEmpty == false else { return (index, instance) }
                    return (index, try await client.status(of: instance.instanceID))
                }
            }
            return try await group.reduce(into: instances.map { _ in nil }) { $0[$1.0] = $1.1 }
        }
    }

    /// - Returns: whether the instance was written; one that was purged meanwhile is not.
    private func export(
        _ listed: OrchestrationStatus, _ part: OrchestrationStatus?, _ client: TaskHubClient, _ file: OutputFile
    ) async throws -> Bool {
        guard let part else { return false }
        guard part.historyNext == nil else { return try await exportLong(listed.instanceID, client, file) }
        let opening = ExportLine.opening(part, hub: connection.hubName)
        let events = part.history.map { ",\"historyEvents\":[" + $0.map(\.json).joined(separator: ",") + "]" }
        try file.put(opening + (events ?? "") + "}\n")
        return true
    }

    /// Writes an instance part by part, because its history is longer than one answer.
    private func exportLong(_ id: String, _ client: TaskHubClient, _ file: OutputFile) async throws -> Bool {
        guard let (walk, _) = try await client.historyWalk(of: id, (), look: { _, _ in }) else { return false }
        try file.put(ExportLine.opening(walk.status, hub: connection.hubName) + ",\"historyEvents\":[")
        var given = 0
        var parts = walk.parts()
        while let events = try await parts.next() {
            try file.put((given == 0 ? "" : ",") + events.map(\.json).joined(separator: ","))
            given += events.count
        }
        guard given == walk.events else {
            // The line says of itself that it is not whole: it is begun already.
            let problem =
                "\(walk.events - given) of \(walk.events) events: the instance continued as new or was purged."
            try file.put("],\"historyOmitted\":\(JSONText.quoted(problem))}\n")
            Console.note("instance \(id): \(problem)")
            return true
        }
        try file.put("]}\n")
        return true
    }
}
