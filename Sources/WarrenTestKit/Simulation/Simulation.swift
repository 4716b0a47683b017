package import Logging
import Warren
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// One run of a plan: the product's own code in a world in which a seed decides everything.
package final class Simulation: @unchecked Sendable {
    /// The outcome of a run.
    package struct Outcome: Sendable {
        package var violation: SimViolation?
        /// The faults that were injected.
        package var struck: [SimDraws.Key]
        package var events: Int
        package var commits: Int
        package var processes: Int
        /// The claims that counted in the partitions' journals, and the takeovers by another host.
        package var claims: Int
        package var takeovers: Int
        /// The takeovers by a process that followed, and the snapshots that counted.
        package var promotions: Int
        package var snapshots: Int
        /// The processes that died over an instance.
        package var poisonings: Int
        /// The instances that were parked, and resumed at the end.
        package var parkings: Int
        /// The times that an instance was left for a host with its version.
        package var versionParkings: Int
        /// The largest number of activities that ran at once.
        package var mostBusy: Int
        /// The payloads that sweeps have removed from the payload folder.
        package var swept: Int
        /// The duration, in microseconds of the simulated world.
        package var time: Int64
    }

    static let partitions = 2
    /// The number of events after which a run counts as one that does not end.
    private static let mostEvents = 60_000
    let plan: SimPlan
    let world: SimWorld
    let faults: SimFaults
    let broker: SimBroker
    let ledger = SimLedger()
    /// The durable contents of the partitions: what is on the disk, or what counts in the journals.
    let disks: [SimDisk]
    /// The journals of the partitions; none in a hub without them.
    let journals: [SimJournal]
    /// The disks of the hosts of a hub with journals, by host and partition.
    var files: [[SimDisk]] = []
    let checker: SimChecker
    let clients: SimClients
    let functions = FunctionRegistry()
    let names: TaskHubName
    private let workers: [SimWorker]
    let bug: SimBug?
    let logger: Logger
    let configuration: HostConfiguration
    var skew: Int64 = 0
    var detoured: Set<Int> = []
    var processes = 0
    var randoms: UInt64 = 0
    /// The process that consumes the hub's queues.
    var host: SimHost?
    /// The process that follows, and has its turn when that one is gone.
    var standby: SimHost?
    let copies = SimCopies()
    /// The payload folder of the hub.
    let folder: SimPayloadFolder
    /// The duties of schedules.
    let book = SimScheduleBook()
    /// What the processes noted of their work in their data directories, by the number of the set of disks.
    var records: [Int: FlightRecord] = [:]
    /// The number of processes that died over an instance.
    var poisonings: [String: Int] = [:]
    /// The number of snapshots that counted.
    var snapshots: Int { journals.reduce(0) { $0 + $1.snapshots } }
    /// The processes from which another one has taken over.
    var zombies: [SimHost] = []
    var promotions = 0
    /// The instances that were resumed because code had not agreed with their histories.
    var parkings = 0
    /// The stores to which the partitions belong according to the broker.
    var recordedStores: [Int: String] = [:]
    let start = ContinuousClock.now

    /// - Parameters:
    ///   - bug: the bug to plant.
    ///   - tell: takes the lines of the trace.
    package init(
        _ plan: SimPlan, bug: SimBug? = nil, tell: ((String) -> Void)? = nil,
        logger: Logger = Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws {
        self.plan = plan
        self.bug = bug
        self.logger = logger
        var draws = SimDraws(seed: plan.seed, rates: plan.rates)
        draws.allowed = plan.allowed
        draws.isPrompt = plan.isPrompt
        let world = SimWorld(draws: draws)
        world.tell = tell
        let faults = SimFaults(world)
        let names = try TaskHubName("sim")
        let broker = SimBroker(world, faults, names: names, partitions: Self.partitions)
        self.world = world
        self.faults = faults
        self.names = names
        self.broker = broker
        let disks = (0..<Self.partitions).map { SimDisk($0, world, faults) }
        self.disks = disks
        folder = SimPayloadFolder(world)
        let streams = broker.streams.values.sorted { $0.partition < $1.partition }
        journals = plan.isJournalled ? streams.map { SimJournal($0, disks[$0.partition], world) } : []
        let secrets = Dictionary(disks.map { ($0.partition, SimDisk.secret(of: $0.partition)) }) { first, _ in first }
        checker = SimChecker(broker, disks, ledger, secrets: secrets)
        var claims: ClaimCheck?
        if let payloads = plan.payloads {
            let store = SimPayloadStore(folder, world, faults, name: "payloads")
            claims = ClaimCheck(store, threshold: payloads.threshold)
        }
        clients = SimClients(plan, broker, ledger, claims)
        workers = [
            SimWorker(1, broker, ledger, mendsAt: plan.mendsAt, claims),
            SimWorker(2, broker, ledger, mendsAt: plan.mendsAt, claims),
        ]
        SimProgram.register(with: functions)
        var configuration = HostConfiguration(hub: names.text, partitionCount: Self.partitions)
        configuration.orchestrations.warmInstances = plan.warm * Self.partitions
        configuration.messages.prefetch = 16
        configuration.messages.maximumOutboxRows = plan.outboxRows
        configuration.activities.foreign = [SimProgram.activityName]
        configuration.reports.lifecycle = plan.tellsEverything ? .everything : .failures
        Self.configure(&configuration, plan.payloads)
        self.configuration = configuration
        if plan.journalBytes != nil { for journal in journals { journal.isCut = true } }
        checker.routesLocally = plan.routesLocally
        if bug == .forgottenKey, !plan.isJournalled { for disk in disks { disk.forgetsKeys = true } }
        for schedule in plan.schedules { try clients.keep(schedule) }
        watchSchedules()
        watchPayloads()
    }

    /// Runs to the end.
    package func run() -> Outcome {
        world.after(0) { [self] in startProcess(at: 0) }
        if plan.hasFollower { world.after(1) { [self] in startProcess(at: 1) } }
        for timed in plan.actions { world.after(timed.at) { [self] in act(timed.action) } }
        world.after(plan.endOfFaults) { [faults] in faults.isOver = true }
        if plan.changesCode { world.after(plan.endOfFaults) { [self] in resumeParked(rounds: 10) } }
        if plan.versions != nil { world.after(plan.endOfFaults) { [self] in runWhatIsLeft() } }
        world.run(most: Self.mostEvents)
        if world.violation == nil, world.isEmpty {
            letPayloadsAge()
            world.run(most: Self.mostEvents)
        }
        if world.violation == nil {
            if !world.isEmpty {
                world.fail("stuck", "the hub", "it does not come to rest: \(unfinished)")
            } else {
                checkRest()
            }
        }
        let outcome = Outcome(
            violation: world.violation, struck: faults.struck, events: world.events,
            commits: disks.reduce(0) { $0 + $1.commits }, processes: processes,
            claims: journals.reduce(0) { $0 + $1.claims }, takeovers: zombies.count,
            promotions: promotions, snapshots: snapshots, poisonings: poisonings.values.reduce(0, +),
            parkings: parkings, versionParkings: checker.versionParkings, mostBusy: ledger.mostBusy,
            swept: folder.swept, time: world.time)
        // The work that still waits must not outlive the run.
        for host in zombies + [standby, host].compactMap({ $0 }) { kill(host) }
        world.executor.drain()
        world.clear()
        checker.onCompletion = nil
        checker.onInsert = nil
        checker.onCommit = nil
        return outcome
    }

    /// Resumes what is parked, as operators do when code that agrees is deployed; in several rounds, because one resume
    /// may lead to what another instance waits for.
    private func resumeParked(rounds: Int) {
        guard rounds > 0 else { return }
        for record in disks.flatMap(\.rows.instances)
        where record.status == .suspended && record.condition.suspension?.cause == .nonDeterminism {
            parkings += 1
            clients.resume(record.instanceID)
        }
        world.after(2_000_000) { [self] in resumeParked(rounds: rounds - 1) }
    }

    private func act(_ action: SimPlan.Action) {
        world.trace { "** \(action)" }
        switch action {
        case .kill(let time): if let host { kill(host, downFor: time) }
        case .killWithDisk(let time):
            guard let host, plan.isJournalled else { return }
            kill(host, downFor: time)
            loseDisks(of: host)
        case .brokerRestart(let time):
            broker.streamsReturn = max(broker.streamsReturn, world.time + time)
            for host in zombies + [host, standby].compactMap({ $0 }) { host.connection.lose(for: time / 2 + 1) }
        case .takeover(let time): takeOver(frozenFor: time)
        case .killFollower(let time, let withDisk):
            guard let standby else { return }
            kill(standby, downFor: time)
            if withDisk { loseDisks(of: standby) }
        case .freezeFollower(let time): standby?.life.freeze(for: time)
        case .stop(let time): stopProcess(downFor: time)
        case .clock(let skew):
            self.skew += skew
            host?.set(skew: self.skew)
            standby?.set(skew: self.skew)
        case .connectionLost(let time): host?.connection.lose(for: time)
        case .blocked(let time): host?.connection.block(for: time)
        case .queueTrouble(let what, let isMissing, let time):
            let queue =
                switch what {
                case "activity": names.activityQueue(SimProgram.activityName)
                case "reply": SimClients.replyQueue
                default: names.partitionQueue(0, of: Self.partitions)
                }
            broker.queues[queue]?.troubleUntil = world.time + time
            broker.queues[queue]?.isMissing = isMissing
        default: clients.act(action)
        }
    }

    private var unfinished: String {
        disks.flatMap(\.rows.instances).filter { !$0.status.isTerminal }.map {
            "\($0.instanceID) \($0.status.rawValue)"
        }
        .joined(separator: ", ")
    }
}
