import ArgumentParser
import Foundation
import Testing

@testable import WarrenBench

@Suite("How many machines a rate takes", .timeLimit(.minutes(5)))
struct CapacityTests {
    @Test("The page of the catalog has the table that the command prints, for the same costs")
    func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/Warren/Warren.docc/Capacity.md"), encoding: .utf8)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let table = CapacityPlan.table(CapacityModel(), [10_000, 50_000, 200_000])
        let start = try #require(lines.firstIndex(of: table[0]))
        #expect(Array(lines[start...].prefix(table.count)) == table)

        let usual = CapacityModel()
        for (name, value) in [
            ("--broker-cost", usual.brokerMicroseconds), ("--replication-factor", usual.replicationFactor),
            ("--host-cost", usual.hostMicroseconds), ("--follower-cost", usual.followerMicroseconds),
            ("--partition-rate", usual.partitionRate), ("--intake-rate", usual.intakeRate),
            ("--steps-per-instance", usual.stepsPerInstance), ("--use", usual.use),
            ("--broker-cores", Double(usual.coresPerBrokerNode)), ("--host-cores", Double(usual.coresPerHost)),
            ("--followers", Double(usual.followers)), ("--broker-nodes", Double(usual.brokerNodes)),
        ] {
            let row = try #require(lines.first { $0.hasPrefix("| `\(name)` |") }, "No row of \(name)")
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(Double(cells[1]) == value, "\(row)")
        }
    }

    /// Costs with which the arithmetic can be done in the head.
    private var model: CapacityModel {
        CapacityModel(
            brokerMicroseconds: 100, replicationFactor: 2, hostMicroseconds: 100, followerMicroseconds: 20,
            followers: 1,
            brokerNodes: 3, coresPerBrokerNode: 4, coresPerHost: 4, use: 0.5, partitionRate: 1000, intakeRate: 10_000,
            stepsPerInstance: 10)
    }

    @Test("A cell carries what its narrowest part does")
    func narrowest() {
        // 12 cores, half of them, at 200 µs.
        #expect(model.cell.rate == 30_000)
        #expect(model.cell.limit == .broker)
        var intake = model
        intake.intakeRate = 5000
        #expect(intake.cell.rate == 25_000)
        #expect(intake.cell.limit == .intake)
        var partitions = model
        partitions.partitionRate = 100
        #expect(partitions.cell.rate == 4950)
        #expect(partitions.cell.limit == .partitions)
    }

    @Test(
        "Cells are as many as carry the rate, and not one more",
        arguments: [(1.0, 1), (29_999, 1), (30_000, 1), (30_001, 2), (60_000, 2), (90_001, 4)])
    func cells(rate: Double, cells: Int) {
        let plan = model.plan(rate)
        #expect(plan.cells == cells)
        #expect(plan.brokerNodes == cells * 3)
    }

    @Test("Hosts carry the load when one of them is lost, and are three at least")
    func hosts() {
        // 20,000 x 120 µs are 2.4 cores, at half use 4.8: two hosts of four, and one more.
        let plan = model.plan(20_000)
        #expect(plan.hosts == 3)
        #expect(plan.busyHostCores == 2.4)
        #expect(plan.hostCores == 12)
        #expect(model.plan(1).hosts == 3)
        // 30,000 are 3.6 cores, at half use 7.2: still two.
        #expect(model.plan(30_000).hosts == 3)
        var slow = model
        slow.hostMicroseconds = 380
        // 400 µs: 12 cores, at half use 24: six hosts, and one more.
        #expect(slow.plan(30_000).hosts == 7)
    }

    @Test("A broker of one node has no replicas to pay for, and a follower that is not there costs nothing")
    func single() {
        var single = model
        single.brokerNodes = 1
        single.followers = 0
        #expect(single.cell.rate == 20_000)
        let plan = single.plan(10_000)
        #expect(plan.busyBrokerCores == 1)
        #expect(plan.coresOfEachNode == 2)
        #expect(plan.busyHostCores == 1)
    }

    @Test("Partitions are enough for the rate, and two for each host at least")
    func partitions() {
        #expect(model.plan(1).partitions == 6)
        #expect(model.plan(20_000).partitions == 40)
    }

    @Test("Costs on the command line take the place of those that were measured", arguments: [1, 3])
    func commandLine(nodes: Int) throws {
        let command = try PlanCommand.parse([
            "--broker-cost", "100", "--host-cost", "50", "--follower-cost", "0", "--broker-nodes", "\(nodes)",
            "--steps", "1000", "--steps", "2000",
        ])
        #expect(command.rates == [1000, 2000])
        #expect(command.model.brokerMicroseconds == 100)
        #expect(command.model.hostsMicroseconds == 50)
        #expect(command.model.brokerNodes == nodes)
        #expect(try PlanCommand.parse([]).model == CapacityModel())
    }

    @Test(
        "Numbers without sense are refused in words",
        arguments: [
            ["--broker-nodes", "2"], ["--use", "0"], ["--use", "1.5"], ["--host-cost", "nan"], ["--steps", "0"],
            ["--steps", "inf"], ["--followers", "-1"], ["--broker-cores", "0"], ["--intake-rate", "-5"],
        ])
    func refusals(arguments: [String]) {
        #expect {
            // As one word, so that a value that begins with a hyphen is one.
            _ = try PlanCommand.parse([arguments.joined(separator: "=")])
        } throws: { error in
            BenchCommand.message(for: error).contains(arguments[0])
        }
    }
}
