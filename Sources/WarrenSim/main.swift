import ArgumentParser
import Foundation
import Logging
import Synchronization
import Warren
import WarrenTestKit

/// Runs random programs on the product's own code in a world that a seed decides, and checks the events against the
/// promises.
struct SimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warren-sim",
        abstract: "Simulates hosts, brokers, disks and workers that fail, each run decided by a seed.")

    @Option(help: "How many seeds are run.")
    var seeds: UInt64 = 2000

    @Option(help: "The first seed.")
    var from: UInt64 = 1

    @Option(
        help:
            "Plants a bug, one of \(SimBug.allCases.map(\.rawValue).joined(separator: ", ")), and ends when it is found."
    )
    var bug: String?

    @Flag(help: "Prints what happens in each run.")
    var trace = false

    @Flag(help: "Lets nothing go wrong.")
    var noFaults = false

    @Flag(help: "Runs only the seeds whose hubs have journals, which are a third.")
    var journals = false

    @Flag(help: "Lets every second process run code that does not agree with histories, which parks instances.")
    var changedCode = false

    @Flag(help: "Gives calls time limits that may run out, and cancels some of them.")
    var limits = false

    @Flag(help: "Sends updates to orchestrators that take them.")
    var updates = false

    @Flag(help: "Runs schedules instead of programs.")
    var schedules = false

    @Flag(help: "Gives instances versions, and hosts other default versions as they come and go.")
    var versions = false

    @Flag(help: "Runs programs with large payloads in hubs with a payload folder, for days.")
    var payloads = false

    @Flag(help: "Reports a failing seed as it is, and not with as little as it fails with.")
    var noShrink = false

    @Option(help: "In how many processes the seeds are run.")
    var jobs = 1

    @Option(help: .hidden)
    var every: UInt64 = 1

    @Flag(help: "Counts what the hosts log, to see what the runs come to.")
    var logs = false

    func run() throws {
        let planted = bug.flatMap { SimBug(rawValue: $0) }
        if let bug, planted == nil {
            throw ValidationError("There is no bug '\(bug)'.")
        }
        if jobs > 1 { return try share() }
        let begin = ContinuousClock.now
        var sum = (
            runs: 0, failed: 0, events: 0, commits: 0, processes: 0, claims: 0, takeovers: 0, promotions: 0,
            snapshots: 0, poisonings: 0
        )
        var struck: [String: Int] = [:]
        for seed in stride(from: from, to: from + seeds, by: Int(clamping: max(1, every))) {
            if journals, !SimPlan(seed: seed).isJournalled { continue }
            // Each resume of an instance that kills hosts is taken away as a message that does.
            if changedCode, SimPlan(seed: seed).hasPoison { continue }
            guard let usual = planted?.plan(seed: seed) ?? (planted == nil ? SimPlan(seed: seed) : nil) else {
                continue
            }
            sum.runs += 1
            let outcome: Simulation.Outcome
            if trace || noFaults || logs || changedCode || limits || updates || schedules || versions || payloads {
                var plan = noFaults ? SimPlan(seed: seed, withFaults: false) : usual
                if updates {
                    guard let updated = SimPlan.updates(seed: seed) else { continue }
                    plan = updated
                }
                if schedules { plan = .schedules(seed: seed) }
                if versions {
                    guard let versioned = SimPlan.versions(seed: seed) else { continue }
                    plan = versioned
                }
                if payloads {
                    guard let large = SimPlan.payloads(seed: seed) else { continue }
                    plan = large
                }
                plan.changesCode = changedCode
                if limits { plan.limitCalls() }
                outcome = try Simulation(
                    plan, bug: planted, tell: trace ? { print($0) } : nil, logger: logs ? LogCounts.logger : quiet
                ).run()
                if let violation = outcome.violation { print("seed \(seed): \(violation)") }
            } else {
                let (result, report) = try SimReport.run(usual, bug: planted, shrinks: !noShrink)
                outcome = result
                if let report { print(report) }
            }
            sum.events += outcome.events
            sum.commits += outcome.commits
            sum.processes += outcome.processes
            sum.claims += outcome.claims
            sum.takeovers += outcome.takeovers
            sum.promotions += outcome.promotions
            sum.snapshots += outcome.snapshots
            sum.poisonings += outcome.poisonings
            for key in outcome.struck { struck[key.fault.rawValue, default: 0] += 1 }
            guard outcome.violation != nil else { continue }
            sum.failed += 1
            if planted != nil { break }
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        print(
            "\(sum.runs) seeds, \(sum.failed) failed; \(sum.processes) processes, \(sum.commits) commits, "
                + "\(sum.claims) claims, \(sum.takeovers) takeovers, \(sum.promotions) by followers, "
                + "\(sum.snapshots) snapshots, \(sum.poisonings) deaths over an instance, \(sum.events) events; "
                + "\(Int(Double(sum.runs) / seconds)) seeds a second"
        )
        print("faults: " + struck.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        if logs { LogCounts.show() }
        if sum.failed > 0, planted == nil { throw ExitCode.failure }
    }
}

extension SimCommand {
    /// Runs this program several times, each time with a part of the seeds.
    private func share() throws {
        let options = [
            "--trace": trace, "--no-faults": noFaults, "--no-shrink": noShrink, "--logs": logs, "--journals": journals,
            "--changed-code": changedCode, "--limits": limits,
            "--updates": updates, "--schedules": schedules, "--versions": versions, "--payloads": payloads,
        ]
        let common = options.filter(\.value).keys.sorted() + (bug.map { ["--bug", $0] } ?? [])
        let children = try (0..<UInt64(min(jobs, 64))).filter { $0 < seeds }.map { index in
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            child.arguments =
                ["--from", "\(from + index)", "--seeds", "\(seeds - index)", "--every", "\(min(jobs, 64))"] + common
            try child.run()
            return child
        }
        for child in children { child.waitUntilExit() }
        if children.contains(where: { $0.terminationStatus != 0 }) { throw ExitCode.failure }
    }
}

private let quiet = Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() })

SimCommand.main()
