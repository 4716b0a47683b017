import AMQPMessages
import Foundation
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// The table of the page "Operators' commands": each command, asked of an instance in each state, answers as the page says.
@Suite("The table of operators' commands", .timeLimit(.minutes(1)))
struct CommandPageTests {
    enum State: String, CaseIterable {
        case unknown, scheduled
        case pending = "Pending"
        case running = "Running"
        case suspended = "Suspended"
        case completed = "Completed"
        case failed = "Failed"
        case terminated = "Terminated"
        /// A purge of it was taken just before, and is on its way to the disk.
        case purged = "being purged"
    }

    enum Asked: String, CaseIterable {
        case start = "start `ignore`"
        case startFail = "start `fail`"
        case startReplaceFinished = "start `replace-finished`"
        case startReplaceAlways = "start `replace-always`"
        case raise = "raise"
        case raiseOrStart = "raise, or start"
        case raiseOrReplace = "raise, or replace"
        case terminate, suspend, resume, rewind, reset
        case restart
        case restartNew = "restart as another"
        case purge
    }

    /// The page's cells, by command and state.
    private static func page() throws -> [String: [String]] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let text = try String(
            contentsOf: folder.appending(path: "Sources/Warren/Warren.docc/Commands.md"), encoding: .utf8)
        var rows: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == State.allCases.count + 1, let name = cells.first else { continue }
            rows[name] = Array(cells.dropFirst())
        }
        return rows
    }

    @Test("The page has a row for each command, and a column for each state")
    func isWhole() throws {
        let page = try Self.page()
        #expect(page["Command"] == State.allCases.map(\.rawValue))
        #expect(
            Set(page.keys).subtracting(["Command"]).filter { !$0.hasPrefix("-") } == Set(Asked.allCases.map(\.rawValue))
        )
    }

    @Test("What the page says is what a partition does, from memory and from the store", arguments: Asked.allCases)
    func cells(asked: Asked) throws {
        let row = try #require(try Self.page()[asked.rawValue], "the page has no row for '\(asked.rawValue)'")
        for (state, expected) in zip(State.allCases, row) {
            for isCold in [false, true] {
                #expect(
                    try answer(to: asked, in: state, isCold: isCold) == expected,
                    "\(asked.rawValue), \(state.rawValue), \(isCold ? "from the store" : "in memory")")
            }
        }
    }

    // MARK: - Asking

    private func reply(_ id: String) -> ReplyAddress {
        ReplyAddress(queue: "reply.a", correlationID: id, mode: .accepted)
    }

    private func start(_ policy: StartCommand.ExistingPolicy = .ignore, key: String = "t") -> Work {
        .command(
            .start(
                StartCommand(
                    name: "Known", instanceID: "i", input: Payload(json: "1"), ifExists: policy,
                    context: CommandContext(messageKey: key, bodyHash: 1, reply: reply("asked")))))
    }

    private func raise(_ start: EventStart?) -> Work {
        .command(
            .raise(
                RaiseCommand(
                    instanceID: "i", eventName: "E", start: start,
                    context: CommandContext(messageKey: "e", bodyHash: 1, reply: reply("asked")))))
    }

    private func control(_ verb: ControlCommand.Verb, before: Int? = nil, as newID: String? = nil) -> Work {
        .command(
            .control(
                ControlCommand(
                    instanceID: "i", verb: verb, beforeEvent: before, newInstanceID: newID,
                    context: CommandContext(messageKey: "m", bodyHash: 1, reply: reply("asked")))))
    }

    private func work(_ asked: Asked) -> Work {
        switch asked {
        case .start: start()
        case .startFail: start(.fail)
        case .startReplaceFinished: start(.restart)
        case .startReplaceAlways: start(.replaceAlways)
        case .raise: raise(nil)
        case .raiseOrStart: raise(EventStart(name: "Known"))
        case .raiseOrReplace: raise(EventStart(name: "Known", replacesFinished: true))
        case .terminate: control(.terminate)
        case .suspend: control(.suspend)
        case .resume: control(.resume)
        case .rewind: control(.rewind)
        case .reset: control(.reset, before: 2)
        case .restart: control(.restart)
        case .restartNew: control(.restart, as: "j")
        case .purge: control(.purge)
        }
    }

    /// Brings an instance into a state.
    ///
    /// - Returns: what has to be asked in the same step, before the command.
    private func bring(_ bench: PartitionBench, to state: State) throws -> [Work] {
        let begin = Work.command(.start(StartCommand(name: "Known", instanceID: "i", input: Payload(json: "1"))))
        let terminate = Work.command(.control(ControlCommand(instanceID: "i", verb: .terminate)))
        switch state {
        case .unknown: return []
        case .pending: return [begin]
        case .scheduled:
            var command = StartCommand(name: "Known", instanceID: "i", input: Payload(json: "1"))
            command.startAt = bench.now.advanced(by: .seconds(1000))
            try bench.keep(bench.step(.command(.start(command))))
            return []
        case .running, .suspended, .completed, .failed, .terminated, .purged: break
        }
        try bench.keep(bench.step(begin))
        func end(_ outcome: WorkResult.Outcome) throws {
            let token = TaskToken(
                partition: 0, instanceID: "i", executionID: try #require(bench.rows.instance("i")).executionID,
                taskID: 0)
            try bench.keep(
                bench.step(.command(.workResult(WorkResult(token: token, outcome: outcome, attempt: 1)))))
        }
        switch state {
        case .suspended:
            try bench.keep(bench.step(.command(.control(ControlCommand(instanceID: "i", verb: .suspend)))))
        case .completed: try end(.completed(Payload(json: "2")))
        case .failed: try end(.failed(FailureDetails(type: "T", message: "m")))
        case .terminated, .purged: try bench.keep(bench.step(terminate))
        case .unknown, .scheduled, .pending, .running: break
        }
        return state == .purged ? [.command(.control(ControlCommand(instanceID: "i", verb: .purge)))] : []
    }

    /// What a command answers, in the page's words.
    private func answer(to asked: Asked, in state: State, isCold: Bool) throws -> String {
        let bench = try PartitionBench()
        let first = try bring(bench, to: state)
        if isCold { bench.restart() }
        // A purge that is on its way has removed the instance.
        let before = state == .purged ? nil : bench.rows.instance("i")
        var works = first
        works.append(work(asked))
        let step = bench.step(works)
        try bench.keep(step)
        // A command that needs the whole history waits for what is on its way.
        let steps = [step, try bench.keep(bench.step([]))]
        let messages = steps.flatMap(\.rows).flatMap(\.encoded)
        let answers = messages.filter { $0.exchange.isEmpty && $0.properties.correlationID == "asked" }
        let after = bench.rows.instance("i")
        guard let answer = answers.first else {
            if steps.contains(where: { !$0.commit.held.isEmpty }) { return "kept" }
            // Another partition answers.
            return messages.contains { $0.exchange == bench.names.partitionExchange } ? "begins" : "nothing"
        }
        #expect(answers.count == 1)
        let body = try JSONValue(Payload(bytes: answer.body))
        if let reason = body["reason"]?.stringValue { return "`\(reason)`" }
        if body["changed"] != nil { return "no change" }
        guard let after else { return "gone" }
        if let before, before.executionID == after.executionID {
            return before.status == after.status ? "taken" : after.status.rawValue
        }
        if before == nil, state == .pending, after.generation == 0, after.status == .running { return "taken" }
        if before == nil, state == .pending, after.generation == 0 { return after.status.rawValue }
        return asked == .rewind || asked == .reset ? "goes on" : "begins"
    }
}
