import ArgumentParser
import Testing
import WarrenMessaging

@testable import WarrenBench

@Suite("What the failover benchmark makes of what it sees", .timeLimit(.minutes(5)))
struct FailoverTests {
    @Test("A bar and an aim may be of different numbers")
    func figure() throws {
        var figure = FailoverFigure("kill", bar: .init(.p99, 1000), aim: .init(.p50, 100))
        #expect(figure.check == nil)
        figure.add([90, 95, 999])
        let check = try #require(figure.check)
        #expect(check.value == 999)
        #expect(check.isPassed)
        #expect(check.isAimReached)
        #expect(check.line == "PASS  kill: ms, p99: 999 (bar 1000, aim p50 100)")
        figure.add([101, 102, 103])
        #expect(figure.check?.isPassed == true)
        #expect(figure.check?.isAimReached == false)
        figure.add([110, 1001])
        #expect(figure.check?.isPassed == false)
        #expect(figure.check?.isAimReached == false)
    }

    @Test("Every figure has its line, and its bar below it")
    func lines() {
        var figures = FailoverFigures(journalMiB: 64, partitions: 1)
        #expect(figures.all.isEmpty)
        figures.killed.add([100])
        figures.cold.add([1500, 6000])
        #expect(figures.all.count == 2)
        let lines = figures.all.flatMap(FailoverReport(isJSON: false).lines)
        #expect(lines.count == 4)
        #expect(lines[2].contains("64 MiB"))
        #expect(lines[3].contains("miss"))
        #expect(FailoverReport(isJSON: true).lines(figures.cold)[0].contains("\"maxMs\":6000"))
    }

    @Test("The first call after a release shows that a partition has an owner, one that came before does not")
    func pulses() async throws {
        let watch = PulseWatch(partitions: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for partition in 0..<2 {
                group.addTask { _ = try await watch.take(Pulse(partition: partition, number: 0)) }
            }
            try await watch.hold()
            let start = Ticks.now
            watch.release()
            try await group.waitForAll()
            group.addTask { _ = try await watch.take(Pulse(partition: 1, number: 1)) }
            // The one before, again: it says nothing.
            group.addTask { _ = try await watch.take(Pulse(partition: 0, number: 0)) }
            #expect(try await watch.firstCalls(of: [1], since: start).count == 1)
            try await group.waitForAll()
        }
        #expect(watch.takeLongestWaits().count == 2)
        #expect(watch.calls == 3)
        watch.finish()
        #expect(try await watch.take(Pulse(partition: 0, number: 1)) == false)
        try watch.check()
    }

    @Test("A call that is left out is a fault")
    func gap() async throws {
        let watch = PulseWatch(partitions: 1)
        _ = try await watch.take(Pulse(partition: 0, number: 0))
        _ = try await watch.take(Pulse(partition: 0, number: 2))
        #expect(throws: BenchError.self) { try watch.check() }
    }

    @Test("There is an instance for every partition")
    func instances() {
        let instances = FailoverProbes.instances(partitions: 99)
        #expect(instances.enumerated().allSatisfy { Partitioning.partition(of: $1, count: 99) == $0 })
        #expect(Set(instances).count == 99)
    }

    @Test(
        "The heartbeat is put into the broker's address",
        arguments: [
            ("amqp://a:b@host:1/v", "amqp://a:b@host:1/v?heartbeat=3"),
            ("amqps://host?verify=verify_none&heartbeat=20", "amqps://host?verify=verify_none&heartbeat=3"),
        ])
    func address(url: String, expected: String) {
        #expect(Cluster.address(url, heartbeat: 3) == expected)
    }

    @Test("What a host says of itself is one line, and nothing else is taken for it")
    func usage() {
        let usage = HostUsage(cpuSeconds: 1.25, residentBytes: 7, runs: 3)
        #expect(HostUsage(usage.line) == usage)
        for line in ["", "ready", "usage", "usage 1 2", "usage a b c", "usage 1 2 3 4"] {
            #expect(HostUsage(line) == nil)
        }
    }

    @Test("What a follower costs is the difference of the means, and needs both sides")
    func followerCost() throws {
        #expect(FollowerCost([result(hosts: 1, rate: 100, cpu: 200)]) == nil)
        let cost = try #require(
            FollowerCost([
                result(hosts: 2, rate: 80, cpu: 260), result(hosts: 1, rate: 95, cpu: 190),
                result(hosts: 1, rate: 105, cpu: 210), result(hosts: 2, rate: 100, cpu: 240),
            ]))
        #expect(cost.percent == 10)
        #expect(
            cost.line
                == "    followed 90.0 orch/s, alone 100: 10.0 % less; a follower takes 50.0 µs of CPU for each step")
    }

    @Test("The command line of failover is refused in words")
    func refusals() throws {
        for arguments in [
            ["--rounds", "0"], ["--hosts", "1"], ["--partitions", "2"], ["--journal-mib", "500"], ["--rate", "0"],
            ["--only", "flood"],
        ] {
            #expect {
                _ = try FailoverCommand.parse(arguments)
            } throws: { error in
                !BenchCommand.message(for: error).isEmpty
            }
        }
        let settings = try FailoverCommand.parse(["--broker", "amqp://localhost", "--only", "cold"]).settings()
        #expect(settings.kinds == [.cold])
        #expect(settings.longRounds == 5)
    }

    @Test("Several hosts need journals, and a workload that can have them")
    func hosts() throws {
        func message(_ parse: () throws -> some ParsableArguments) -> String {
            do {
                _ = try parse()
                return ""
            } catch {
                return BenchCommand.message(for: error)
            }
        }
        #expect(message { try WorkloadCommand<SequenceWorkload>.parse(["--hosts", "2"]) }.contains("journal"))
        #expect(
            message { try WorkloadCommand<SequenceWorkload>.parse(["--hosts", "2", "--durability", "journal"]) }
                .isEmpty)
        #expect(message { try WorkloadCommand<StartWorkload>.parse(["--hosts", "1"]) }.contains("'start'"))
        #expect(message { try WorkloadCommand<IdleWorkload>.parse(["--hosts", "4"]) }.isEmpty)
        #expect(message { try AllCommand.parse(["--hosts", "4"]) }.contains("--hosts"))
    }

    private func result(hosts: Int, rate: Double, cpu: Double) -> WorkloadResult {
        WorkloadResult(
            workload: FollowerWorkload.name, transport: "rabbitmq", durability: "journal", hosts: hosts, inFlight: 1000,
            orchestrationsPerSecond: rate, activitiesPerSecond: rate * 5,
            latencyMs: .init(p50: 1, p99: 2, max: 3),
            floor: Floor(commitP50Ms: 1, fsyncP50Ms: 1, hopP50Ms: 1, brokerMessagesPerSecond: 1), cpu: 0,
            cpuMicrosecondsPerStep: cpu, residentBytes: 0, ratios: [:])
    }
}
