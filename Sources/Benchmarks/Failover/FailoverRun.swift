import AMQP
import Logging
import Warren
import WarrenMessaging

/// Does to hosts what can happen to them, and measures how long their partitions stand still.
struct FailoverRun: Sendable {
    /// The heartbeat of connections of a host that is frozen, in seconds.
    private static let heartbeat = 3
    /// After a takeover, in which time what waits for it may still come.
    private static let aftermath = Duration.seconds(1)
    private static let text = "\"" + String(repeating: "w", count: 1000) + "\""

    let settings: FailoverSettings
    let logger: Logger

    /// Carries out every kind that was asked for.
    ///
    /// - Parameter figures: gets the numbers as they come, so that they are there when something fails later.
    func run(_ figures: inout FailoverFigures) async throws {
        let (partitions, hosts) = (settings.bench.partitionCount, settings.hosts)
        if !settings.kinds.isDisjoint(with: [.kill, .move]) {
            try await withCluster(partitions: partitions, hosts: hosts, rate: settings.rate) {
                for round in 0..<settings.rounds where settings.kinds.contains(.kill) {
                    begin("kill -9, warm", round, of: settings.rounds)
                    try await kill($0, $1, round, &figures)
                }
                for round in 0..<settings.moveRounds where settings.kinds.contains(.move) {
                    begin("planned move", round, of: settings.moveRounds)
                    try await move($0, $1, round, &figures)
                }
            }
        }
        if settings.kinds.contains(.frozen) {
            try await withCluster(partitions: partitions, hosts: hosts, rate: settings.rate, heartbeat: Self.heartbeat)
            {
                for round in 0..<settings.longRounds {
                    begin("frozen", round, of: settings.longRounds)
                    try await freeze($0, $1, round, &figures)
                }
            }
        }
        if settings.kinds.contains(.cold) {
            try await withCluster(partitions: settings.coldPartitions, hosts: 1, rate: 0) {
                for round in 0..<settings.longRounds {
                    begin("kill -9, cold", round, of: settings.longRounds)
                    try await killCold($0, $1, round, &figures)
                }
            }
        }
        Progress.shared.end()
    }

    private func begin(_ title: String, _ round: Int, of rounds: Int) {
        Progress.shared.begin("\(title), round \(round + 1) of \(rounds)")
        Progress.shared.show("")
    }

    // MARK: Rounds

    private func kill(
        _ cluster: Cluster, _ probes: FailoverProbes, _ round: Int, _ figures: inout FailoverFigures
    ) async throws {
        let (victim, lost) = try await prepare(cluster, probes, round)
        try await probes.watch.hold()
        let start = Ticks.now
        victim.kill()
        probes.watch.release()
        figures.killed.add([try await probes.watch.firstCalls(of: lost, since: start).max() ?? 0])
        await cluster.forget(victim)
        try await Task.sleep(for: Self.aftermath)
        try probes.stream.check()
        figures.longestWait.add([
            max(probes.stream.takeLongestWait(), probes.watch.takeLongestWaits().max() ?? 0)
        ])
        figures.failedStarts += try await cluster.revive(victim.number).failures
    }

    private func freeze(
        _ cluster: Cluster, _ probes: FailoverProbes, _ round: Int, _ figures: inout FailoverFigures
    ) async throws {
        let (victim, lost) = try await prepare(cluster, probes, round)
        try await probes.watch.hold()
        let start = Ticks.now
        victim.freeze()
        probes.watch.release()
        let times = try await probes.watch.firstCalls(of: lost, since: start)
        figures.frozen.add([times.max() ?? 0])
        victim.thaw()
    }

    private func move(
        _ cluster: Cluster, _ probes: FailoverProbes, _ round: Int, _ figures: inout FailoverFigures
    ) async throws {
        let (leaver, lost) = try await prepare(cluster, probes, round)
        probes.watch.setQuick(true)
        defer { probes.watch.setQuick(false) }
        leaver.askToStop()
        await cluster.forget(leaver)
        try await Task.sleep(for: Self.aftermath)
        let pauses = probes.watch.takeLongestWaits()
        figures.left.add(lost.map { pauses[$0] })
        let (newcomer, failures) = try await cluster.revive(leaver.number)
        figures.failedStarts += failures
        let owners = try await probes.view.settle(cluster.processes)
        let more = probes.watch.takeLongestWaits()
        figures.joined.add(owners.filter { $0.value == newcomer.id }.map { more[$0.key] })
    }

    /// Another host than the one before, and what it owns, once the hosts share the partitions and are calm.
    private func prepare(
        _ cluster: Cluster, _ probes: FailoverProbes, _ round: Int
    ) async throws -> (host: ClusterHost, owned: [Int]) {
        let owners = try await probes.view.settle(cluster.processes)
        let hosts = cluster.hosts
        let host = hosts[round % hosts.count]
        _ = probes.stream.takeLongestWait()
        _ = probes.watch.takeLongestWaits()
        return (host, owners.filter { $0.value == host.id }.keys.sorted())
    }

    /// The host is lost with its disk, and a new one comes at the same moment, which has nothing.
    private func killCold(
        _ cluster: Cluster, _ probes: FailoverProbes, _ round: Int, _ figures: inout FailoverFigures
    ) async throws {
        _ = try await probes.view.settle(cluster.processes)
        try await fill(cluster, probes)
        guard let victim = cluster.hosts.first else { return }
        try await probes.watch.hold()
        let start = Ticks.now
        victim.kill()
        let successor = try cluster.launch(victim.number + 1)
        probes.watch.release()
        figures.cold.add([
            try await probes.watch.firstCalls(of: 0..<settings.coldPartitions, since: start).max() ?? 0
        ])
        await cluster.forget(victim)
        try await successor.awaitReady()
    }

    /// Lets instances with inputs of 1000 bytes run until each journal is as large as it is to be.
    private func fill(_ cluster: Cluster, _ probes: FailoverProbes) async throws {
        let target = Int64(settings.journalMiB) << 20
        let start = Ticks.now
        while probes.view.leastUnsavedBytes < target {
            guard start.milliseconds() < 600_000 else {
                throw BenchError(
                    .stalled,
                    "The journals do not grow to \(settings.journalMiB) MiB behind their snapshots: ask for less")
            }
            let series = probes.load.newSeries()
            let encoder = probes.load.encoder
            _ = try await probes.load.drive(
                LoadPlan(
                    series: series, count: 1000, inFlight: 500, mayRepeat: true,
                    message: { index in
                        encoder.start(
                            StartCommand(
                                name: Functions.store.name, instanceID: "\(series)-\(index)",
                                input: Payload(json: Self.text)),
                            reply: .completed,
                            ids: RequestIDs(messageID: "\(series)-\(index)", correlationID: "\(series).\(index)"))
                    },
                    body: { _ in Array(String(Self.text.utf8.count - 2).utf8) }))
            Progress.shared.show("\(probes.view.leastUnsavedBytes >> 20) MiB of journal")
        }
        // A beat says what was, and a snapshot may be under way.
        try await Task.sleep(for: .seconds(1))
        if probes.view.leastUnsavedBytes < target { try await fill(cluster, probes) }
    }

    // MARK: Set-up

    /// Runs the body on a hub of its own, and removes it.
    private func withCluster(
        partitions: Int, hosts: Int, rate: Int, heartbeat: Int? = nil,
        _ body: (Cluster, FailoverProbes) async throws -> Void
    ) async throws {
        var bench = settings.bench
        bench.partitionCount = partitions
        bench.durability = .journal
        let directory = try WorkDirectory(in: bench.directory, name: RandomName.make("bench"))
        let name = try TaskHubName(RandomName.make("bench"))
        let cluster = try Cluster(name, bench, directory: directory, heartbeat: heartbeat)
        var removal = HubRemoval(
            name: name, partitionCount: partitions, activities: Functions.activities + [Functions.beat.name])
        Progress.shared.begin("failover")
        Progress.shared.show("starting \(hosts) hosts")
        do {
            try await cluster.launch(0..<hosts)
            let transport = try await AMQPTransport.connect(
                AMQPConfiguration(url: bench.broker ?? ""), logger: logger)
            do {
                try await FailoverProbes.with(cluster, transport, rate: rate, logger: logger) { probes in
                    defer { removal.epochs = probes.view.epochsWithSnapshots }
                    try await body(cluster, probes)
                }
                await transport.shutdown()
            } catch {
                await transport.shutdown()
                throw error
            }
            await cluster.stopAll()
            try await removal.run(bench)
            if !settings.isKeeping { try directory.remove() }
        } catch {
            Progress.shared.end()
            await cluster.killAll()
            do {
                try await removal.run(bench)
                if !settings.isKeeping { try directory.remove() }
            } catch let second {
                // What went wrong first is what matters.
                logger.warning("The hub could not be removed", metadata: ["hub": "\(name)", "error": "\(second)"])
            }
            throw error
        }
    }
}
