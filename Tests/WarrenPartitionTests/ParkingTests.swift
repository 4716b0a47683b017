import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Instances that the code of their host cannot run.
@Suite("Parking", .timeLimit(.minutes(5)))
struct ParkingTests {
    private static let report = FailureDetails(
        type: "NonDeterminism", message: "not deterministic", isNonRetriable: true)

    private static var disagreement: EpisodeOutcome {
        var outcome = EpisodeOutcome(completion: .failed(report))
        outcome.isNonDeterminism = true
        return outcome
    }

    private func start(version: String? = nil) -> Work {
        .command(
            .start(
                StartCommand(
                    name: "Known", instanceID: "i", input: Payload(json: "1"), version: version,
                    context: CommandContext(
                        messageKey: "s", bodyHash: 1,
                        reply: ReplyAddress(queue: "reply.a", correlationID: "c", mode: .both)))))
    }

    private func raise(_ name: String) -> Work {
        .command(.raise(RaiseCommand(instanceID: "i", eventName: name)))
    }

    private func control(_ verb: ControlCommand.Verb, _ reason: String? = nil) -> Work {
        .command(.control(ControlCommand(instanceID: "i", verb: verb, reason: reason)))
    }

    /// The rows of the instance's history, each with its kinds of events.
    private func rows(_ bench: PartitionBench) throws -> [String] {
        let record = try #require(bench.rows.instance("i"))
        return try bench.rows.history(of: record.key, generation: record.generation).map { row in
            try HistoryCodec.decode(row).dropFirst().map { event in
                switch event {
                case .eventRaised(let name, _, _): "raised \(name)"
                case .executionSuspended(let reason): "suspended \(reason ?? "-")"
                default: String("\(event)".prefix { $0 != "(" })
                }
            }.joined(separator: ", ")
        }
    }

    private func suspension(_ bench: PartitionBench) throws -> Suspension {
        let record = try #require(bench.rows.instance("i"))
        #expect(record.status == .suspended)
        return try #require(record.condition.suspension)
    }

    @Test("what does not agree is parked with the report in front of its events, and its tasks stay")
    func parks() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        let step = try bench.keep(bench.step(raise("A")))
        #expect(
            try suspension(bench) == Suspension(cause: .nonDeterminism, reason: "not deterministic", since: bench.now))
        #expect(try rows(bench).last == "suspended not deterministic, raised A")
        // Nothing was answered, dropped or sent, but the line for people.
        #expect(bench.summary(step) == "suspended row1 history1 console")
        #expect(bench.rows.recover().timers.map(\.key.id) == [1])
        #expect(step.observations.contains { if case .instanceParked = $0 { true } else { false } })
    }

    @Test("what arrives for a parked instance is kept, and no code runs for it")
    func keeps() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        try bench.keep(bench.step(raise("A")))
        for isCold in [false, true] {
            if isCold { bench.restart() }
            let asked = bench.executor.asked.count
            bench.now = bench.now.advanced(by: .seconds(1))
            try bench.keep(bench.step(raise("B"), raise("C")))
            #expect(bench.executor.asked.count == asked)
            #expect(try rows(bench).last == "raised B, raised C")
            #expect(try suspension(bench).reason == "not deterministic")
        }
    }

    @Test("a resume with code that agrees runs with everything that was kept")
    func resumes() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        try bench.keep(bench.step(raise("A")))
        bench.executor.script = { _ in EpisodeOutcome() }
        try bench.keep(bench.step(control(.resume, "mended")))
        let record = try #require(bench.rows.instance("i"))
        #expect(record.status == .running)
        #expect(record.conditionBytes.isEmpty)
        #expect(try rows(bench).last == "executionResumed")
        let history = try #require(bench.executor.asked.last).history
        #expect(history.contains { if case .eventRaised("A", _, _) = $0 { true } else { false } })
    }

    @Test("a resume sees what was kept in steps that are still on their way to the disk")
    func resumesAtOnce() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        // Three steps of which none is durable yet.
        let steps = [bench.step(raise("A")), bench.step(raise("B"))]
        bench.executor.script = { _ in EpisodeOutcome() }
        let resumed = bench.step(control(.resume))
        let history = try #require(bench.executor.asked.last).history
        let raised = history.compactMap { if case .eventRaised(let name, _, _) = $0 { name } else { nil } }
        #expect(raised == ["A", "B"])
        for step in steps + [resumed] { try bench.keep(step) }
        #expect(try rows(bench).suffix(3) == ["suspended not deterministic, raised A", "raised B", "executionResumed"])
        #expect(bench.rows.instance("i")?.status == .running)
    }

    @Test("a resume with code that still does not agree parks again with the new report, and leaves no resume behind")
    func parksAgain() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        try bench.keep(bench.step(raise("A")))
        var other = Self.disagreement
        other.completion = .failed(FailureDetails(type: "NonDeterminism", message: "another one"))
        bench.executor.script = { if case .executionResumed = $0 { other } else { nil } }
        try bench.keep(bench.step(control(.resume), raise("B")))
        #expect(try suspension(bench).reason == "another one")
        #expect(try rows(bench).last == "suspended another one, raised B")
    }

    @Test("a host or a registration may choose failing, and an executor elsewhere fails")
    func fails() throws {
        for isInline in [true, false] {
            let bench = try PartitionBench()
            bench.executor.parks = !isInline
            bench.executor.isInline = isInline
            try bench.keep(bench.step(start()))
            if !isInline {
                var end = bench.executor.end(of: try #require(bench.executor.asked.last))
                end.outcome = EpisodeOutcome()
                try bench.keep(bench.step(.episodeEnded(end)))
            }
            bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
            try bench.keep(bench.step(raise("A")))
            if !isInline {
                try bench.keep(
                    bench.step(.episodeEnded(bench.executor.end(of: try #require(bench.executor.asked.last)))))
            }
            #expect(bench.instance("i")?.status == .failed)
            #expect(bench.instance("i")?.failure == Self.report)
        }
    }

    @Test("a parked instance can be terminated, and its parent and its waiters are told")
    func terminates() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.restart()
        bench.executor.script = { if case .eventRaised = $0 { Self.disagreement } else { nil } }
        try bench.keep(bench.step(raise("A")))
        let step = try bench.keep(bench.step(control(.terminate, "enough")))
        #expect(bench.summary(step).hasPrefix("terminated row1 history1 -timer1"))
        #expect(bench.summary(step).contains("reply:"))
        #expect(bench.rows.instance("i")?.conditionBytes.isEmpty == true)
    }

    @Test("a check parks an instance that has not moved since, and no other")
    func checked() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        let record = try #require(bench.rows.instance("i"))
        func park(episodes: Int, generation: Int = 0) -> Work {
            .park(ParkInstance(instance: record.key, generation: generation, episodes: episodes, report: "checked"))
        }
        for other in [park(episodes: 2), park(episodes: 1, generation: 1)] {
            #expect(try bench.keep(bench.step(other)).commit.instances.isEmpty)
        }
        try bench.keep(bench.step(park(episodes: 1)))
        #expect(try suspension(bench).reason == "checked")
        #expect(try rows(bench).last == "suspended checked")
        // It is parked already.
        #expect(try bench.keep(bench.step(park(episodes: 2))).commit.instances.isEmpty)
    }

    @Test("an operator's suspension has its reason, and ends with a resume")
    func byOperator() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        try bench.keep(bench.step(control(.suspend, "lunch")))
        #expect(try suspension(bench) == Suspension(cause: .byOperator, reason: "lunch", since: bench.now))
        try bench.keep(bench.step(control(.resume)))
        #expect(bench.rows.instance("i")?.conditionBytes.isEmpty == true)
    }

    @Test("a start is kept for a host that runs its version, and refused in words when none comes")
    func startWaits() throws {
        let bench = try PartitionBench()
        bench.executor.versions = VersionRules(defaultVersion: "2.0")
        let kept = try bench.keep(bench.step(start(version: "3.0")))
        #expect(bench.summary(kept) == "none held1")
        // A host that starts with the version takes it at once.
        bench.executor.registered = [nil, "3.0"]
        bench.restart()
        try bench.keep(bench.step(alarms: true))
        #expect(bench.rows.instance("i")?.version == "3.0")

        let other = try PartitionBench()
        try other.keep(other.step(start(version: "3.0")))
        other.now = other.now.advanced(by: .seconds(31))
        let refused = try other.keep(other.step(alarms: true))
        #expect(other.summary(refused) == "none -held1 dead:unknown-orchestration reply:rejected waits")
        let words = refused.rows.flatMap(\.encoded).map { String(decoding: $0.body, as: UTF8.self) }.joined()
        #expect(words.contains("does not run version 3.0 of 'Known'"))
    }

    @Test("an instance under way whose version its host does not run waits, and goes on by itself where it is run")
    func waits() throws {
        let bench = try PartitionBench()
        bench.executor.registered = ["1.0", "2.0"]
        try bench.keep(bench.step(start(version: "1.0")))
        bench.executor.registered = ["2.0"]
        bench.restart()
        try bench.keep(bench.step(raise("A")))
        #expect(try suspension(bench).cause == .version)
        let key = try #require(bench.rows.instance("i")).key
        // This host does not run it either.
        #expect(try bench.keep(bench.step(.serve(key))).commit.instances.isEmpty)
        bench.executor.registered = ["1.0", "2.0"]
        bench.restart()
        try bench.keep(bench.step(.serve(key)))
        #expect(bench.rows.instance("i")?.status == .running)
        #expect(try rows(bench).last == "executionResumed")
    }

    @Test("an instance without a version that is to begin later waits, too, if the host of that time does not run it")
    func waitsFromItsBeginning() throws {
        let bench = try PartitionBench()
        let begin = bench.now.advanced(by: .seconds(60))
        let command = StartCommand(name: "Known", instanceID: "i", input: Payload(json: "1"), startAt: begin)
        try bench.keep(bench.step(.command(.start(command))))
        #expect(bench.rows.instance("i")?.status == .pending)
        bench.executor.versions = VersionRules(defaultVersion: "2.0", match: .strict)
        bench.restart()
        bench.now = begin
        let asked = bench.executor.asked.count
        try bench.keep(bench.step(alarms: true))
        #expect(try suspension(bench).cause == .version)
        #expect(bench.executor.asked.count == asked)
        bench.executor.versions = VersionRules()
        bench.restart()
        try bench.keep(bench.step(.serve(try #require(bench.rows.instance("i")).key)))
        #expect(bench.rows.instance("i")?.status == .running)
    }

    @Test("an operator's suspension outlives a host that does not run the version")
    func waitsSuspended() throws {
        let bench = try PartitionBench()
        bench.executor.registered = ["1.0", "2.0"]
        try bench.keep(bench.step(start(version: "1.0")))
        try bench.keep(bench.step(control(.suspend, "lunch")))
        bench.executor.registered = ["2.0"]
        bench.restart()
        try bench.keep(bench.step(raise("A")))
        #expect(try suspension(bench).cause == .byOperator)
        #expect(try rows(bench).last == "raised A")
        // Resumed here it still cannot run.
        try bench.keep(bench.step(control(.resume)))
        #expect(try suspension(bench).cause == .version)
    }

    @Test("with the strategy fail a mismatch fails the instance, at its start and under way")
    func mismatchFails() throws {
        let bench = try PartitionBench()
        bench.executor.versions = VersionRules(defaultVersion: "2.0", mismatch: .fail)
        try bench.keep(bench.step(start(version: "3.0")))
        #expect(bench.instance("i")?.status == .failed)
        #expect(bench.instance("i")?.failure?.type == "VersionMismatch")

        let other = try PartitionBench()
        other.executor.versions = VersionRules(defaultVersion: "2.0", mismatch: .fail)
        try other.keep(other.step(start()))
        #expect(other.rows.instance("i")?.version == "2.0")
        other.executor.versions.defaultVersion = "1.0"
        other.restart()
        let step = try other.keep(other.step(raise("A")))
        #expect(other.instance("i")?.failure?.type == "VersionMismatch")
        #expect(other.summary(step).hasPrefix("failed row1 history1 -timer1"))
        #expect(try rows(other).last == "raised A, executionCompleted")
    }

    @Test("continue-as-new may change the version; one that is not run here waits from its beginning")
    func nextGeneration() throws {
        let bench = try PartitionBench()
        bench.executor.registered = ["1.0"]
        try bench.keep(bench.step(start(version: "1.0")))
        var next = EpisodeOutcome(completion: .continuedAsNew(Payload(json: "2"), unprocessedEvents: []))
        next.nextVersion = "2.0"
        bench.executor.script = { [next] in if case .eventRaised = $0 { next } else { nil } }
        try bench.keep(bench.step(raise("A")))
        #expect(bench.rows.instance("i")?.version == "2.0")
        #expect(bench.rows.instance("i")?.generation == 1)
        #expect(try suspension(bench).cause == .version)
        #expect(try rows(bench).map { String($0.prefix(9)) } == ["suspended"])
        #expect(try rows(bench).last?.hasSuffix(", executionStarted") == true)
    }

    @Test("the row says that the body has ended, until the instance ends")
    func bodyEnd() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(start()))
        bench.executor.script = {
            guard case .eventRaised = $0 else { return nil }
            var outcome = EpisodeOutcome()
            outcome.bodyEnd = .completed
            return outcome
        }
        try bench.keep(bench.step(raise("A")))
        #expect(bench.rows.instance("i")?.condition == InstanceCondition(bodyEnd: .completed))
        let record = try #require(bench.rows.instance("i"))
        let status = bench.wire.status(of: record, waits: OpenWaits())
        #expect(status.bodyEnd == .completed && status.suspension == nil)
        bench.executor.script = {
            if case .eventRaised = $0 { EpisodeOutcome(completion: .completed(.null)) } else { nil }
        }
        try bench.keep(bench.step(raise("B")))
        #expect(bench.rows.instance("i")?.conditionBytes.isEmpty == true)
    }

    @Test("a condition is stored as JSON, and what cannot be read is left out")
    func condition() {
        let condition = InstanceCondition(
            suspension: Suspension(cause: .version, reason: "a \"b\"", since: Timestamp(microseconds: 5)),
            bodyEnd: .failed)
        #expect(
            String(decoding: condition.encoded, as: UTF8.self)
                == #"{"bodyEnd":"Failed","cause":"version","reason":"a \"b\"","since":5}"#)
        #expect(InstanceCondition(encoded: condition.encoded) == condition)
        #expect(InstanceCondition().encoded.isEmpty)
        for text in ["{", "[]", "null", #"{"cause":1}"#] {
            #expect(InstanceCondition(encoded: Array(text.utf8)) == InstanceCondition())
        }
    }
}
