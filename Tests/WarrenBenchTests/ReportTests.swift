import Testing

@testable import WarrenBench

@Suite("What is reported", .timeLimit(.minutes(5)))
struct ReportTests {
    @Test("Percentiles are values that occurred")
    func percentiles() {
        let latencies = Latencies((1...200).map(Double.init).shuffled())
        #expect(latencies.p50 == 100)
        #expect(latencies.p99 == 198)
        #expect(latencies.max == 200)
        #expect(Latencies([]).p99 == 0)
        #expect(Latencies([7]).p50 == 7)
    }

    @Test("Numbers have the digits that they are worth")
    func numbers() {
        #expect(Number.text(0) == "0.00")
        #expect(Number.text(1.005) == "1.00" || Number.text(1.005) == "1.01")
        #expect(Number.text(9.05) == "9.05")
        #expect(Number.text(12.34) == "12.3")
        #expect(Number.text(99.96) == "100.0")
        #expect(Number.text(12345.6) == "12346")
        #expect(Number.text(-0.001) == "0.00")
        #expect(Number.text(-3.21) == "-3.21")
        #expect(Number.text(.infinity) == "-")
    }

    @Test("A floor adds up commits and hops")
    func floor() {
        let floor = Floor(commitP50Ms: 0.5, fsyncP50Ms: 0.1, hopP50Ms: 1, brokerMessagesPerSecond: 1000)
        #expect(floor.milliseconds(commits: 6, hops: 11) == 14)
        #expect(floor.use(messagesPerSecond: 250) == 0.25)
    }

    @Test(
        "A bar is passed at its limit",
        arguments: [
            (799.0, false, false), (800, true, false), (1999, true, false), (2000, true, true),
        ])
    func bar(rate: Double, isPassed: Bool, isAimReached: Bool) throws {
        let check = try #require(BarCheck(Bar.all[0], [result("sequence", inFlight: 1000, rate: rate)]))
        #expect(check.isPassed == isPassed)
        #expect(check.isAimReached == isAimReached)
    }

    @Test("A bar whose workload did not run is not checked")
    func missing() {
        #expect(BarCheck(Bar.all[0], [result("sequence", inFlight: 10, rate: 1)]) == nil)
        #expect(BarCheck(Bar.all[0], [result("start", inFlight: 1000, rate: 1)]) == nil)
    }

    @Test("What a journal costs is the mean of the runs with it beside that of the runs without")
    func journalCost() throws {
        let results = [
            result("sequence", inFlight: 1, rate: 70, durability: "journal", p50: 14),
            result("sequence", inFlight: 1, rate: 90, p50: 11), result("sequence", inFlight: 1, rate: 110, p50: 9),
            result("sequence", inFlight: 1, rate: 90, durability: "journal", p50: 12),
            result("sequence", inFlight: 10, rate: 500),
        ]
        let costs = JournalCost.all(results)
        #expect(costs.map(\.inFlight) == [1])
        let cost = try #require(costs.first)
        #expect(cost.throughputRatio == 0.8)
        #expect(cost.stepsPerInstance == 6)
        #expect(cost.extraMsPerStep == 0.5)
        #expect(
            cost.line
                == "    journal 80.0 orch/s, local 100: ratio 0.80; p50 13.0 and 10.0 ms: 0.50 ms more for each step")
    }

    @Test("The bars of a hub without a journal do not look at results with one")
    func barsWithoutJournal() {
        let journal = result("sequence", inFlight: 1000, rate: 1, durability: "journal")
        #expect(BarCheck(Bar.all[0], [journal]) == nil)
        #expect(BarCheck(Bar.all[0], [result("sequence", inFlight: 1000, rate: 900), journal])?.value == 900)
    }

    private func result(
        _ workload: String, inFlight: Int, rate: Double, durability: String = "local", p50: Double = 1
    ) -> WorkloadResult {
        WorkloadResult(
            workload: workload, transport: "rabbitmq", durability: durability, inFlight: inFlight,
            orchestrationsPerSecond: rate, activitiesPerSecond: rate * 5,
            latencyMs: .init(p50: p50, p99: 2, max: 3),
            floor: Floor(commitP50Ms: 1, fsyncP50Ms: 1, hopP50Ms: 1, brokerMessagesPerSecond: 1), cpu: 0,
            residentBytes: 0, ratios: [:])
    }
}
