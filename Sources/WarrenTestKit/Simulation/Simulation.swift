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
        /// The duration, in microseconds of the simulated world.
        package var time: Int64
    }

    /// Whether a process lives.
    private final class Life: @unchecked Sendable { var isOver = false }

    static let partitions = 2
    /// The number of events after which a run counts as one that does not end.
    private static let mostEvents = 60_000
    /// The time after which no fault occurs any more, in microseconds.
    private static let endOfFaults: Int64 = 8_000_000

    let plan: SimPlan
    let world: SimWorld
    let faults: SimFaults
    let broker: SimBroker
    let ledger = SimLedger()
    let disks: [SimDisk]
    let checker: SimChecker
    let clients: SimClients
    let functions = FunctionRegistry()
    private let names: TaskHubName
    private let workers: [SimWorker]
    private let bug: SimBug?
    private let logger: Logger
    private let configuration: HostConfiguration
    private var skew: Int64 = 0
    private var detoured: Set<Int> = []
    private var processes = 0
    private var randoms: UInt64 = 0
    private var life = Life()
    private var host: SimulatedProcess?
    private var connection: SimConnection?
    private var clock: SimClock?
    private let start = ContinuousClock.now

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
        disks = (0..<Self.partitions).map { SimDisk($0, world, faults) }
        let secrets = Dictionary(disks.map { ($0.partition, SimDisk.secret(of: $0.partition)) }) { first, _ in first }
        checker = SimChecker(broker, disks, ledger, secrets: secrets)
        clients = SimClients(plan, broker, ledger)
        workers = [SimWorker(1, broker, ledger), SimWorker(2, broker, ledger)]
        SimProgram.register(with: functions)
        var configuration = HostConfiguration(hub: names.text, partitionCount: Self.partitions)
        configuration.maximumWarmInstances = plan.warm * Self.partitions
        configuration.prefetch = 16
        configuration.maximumOutboxRows = plan.outboxRows
        configuration.foreignActivities = [SimProgram.activityName]
        configuration.lifecycleEvents = plan.tellsEverything ? .everything : .failures
        self.configuration = configuration
        checker.routesLocally = plan.routesLocally
        if bug == .forgottenKey { for disk in disks { disk.forgetsKeys = true } }
    }

    /// Runs to the end.
    package func run() -> Outcome {
        world.after(0) { [self] in startProcess() }
        for timed in plan.actions { world.after(timed.at) { [self] in act(timed.action) } }
        world.after(Self.endOfFaults) { [faults] in faults.isOver = true }
        world.run(most: Self.mostEvents)
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
            time: world.time)
        // The work that still waits must not outlive the run.
        killProcess()
        world.executor.drain()
        world.clear()
        checker.onCompletion = nil
        return outcome
    }

    private func act(_ action: SimPlan.Action) {
        world.trace { "** \(action)" }
        switch action {
        case .kill(let time): killProcess(downFor: time)
        case .stop(let time): stopProcess(downFor: time)
        case .clock(let skew):
            self.skew += skew
            clock?.set(skew: self.skew)
        case .connectionLost(let time): connection?.lose(for: time)
        case .blocked(let time): connection?.block(for: time)
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

    // MARK: - Processes

    /// Makes a function that runs episodes later, more than once, or not at all.
    private func later(_ life: Life) -> @Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void
    {
        { [self] instanceID, body in
            guard faults.strikes(.executorFallsSilent, of: instanceID) == nil else { return }
            let times = faults.strikes(.executorAnswersTwice, of: instanceID) == nil ? 1 : 2
            for _ in 0..<times {
                world.after(faults.delay("episode", instanceID, most: 5000)) { if !life.isOver { body() } }
            }
        }
    }

    private func startProcess() {
        processes += 1
        let life = Life()
        self.life = life
        let connection = SimConnection("host", broker)
        connection.acknowledgesEarly = bug == .ackBeforeCommit
        connection.losesConfirmed = bug == .removedBeforeConfirm
        checker.watch(connection)
        let clock = SimClock(world, skew: skew) { !life.isOver }
        self.connection = connection
        self.clock = clock
        let number = processes
        world.trace { "** process \(number) starts" }
        let parts = SimulatedProcess.Parts(
            names: names, configuration: configuration, functions: functions, clock: clock, transport: connection,
            open: { [self] partition in try open(partition, life) }, executor: world.executor,
            partitionExecutor: world.executor.partitions,
            random: RandomSource { [self] in
                randoms += 1
                return world.draws.number("random", "host", Int(randoms))
            },
            steady: { [self] in start.advanced(by: .microseconds(world.time)) },
            answering: { [self] body in
                world.after(faults.delay("answer", "host", most: 500)) { if !life.isOver { body() } }
            },
            episodes: plan.answersLater ? later(life) : nil,
            isDetoured: { [self] partition in
                detoured.contains(partition)
                    || connection.waiting(in: names.detourQueue(partition, of: Self.partitions)) > 0
            },
            remember: { [self] isDetoured, partition in
                guard !life.isOver else { return }
                if isDetoured { detoured.insert(partition) } else { detoured.remove(partition) }
            }, report: { [self] in if !life.isOver { world.fail("stuck", "the process", $0) } },
            window: plan.window,
            routesLocally: plan.routesLocally, logger: logger)
        do {
            let host = try SimulatedProcess(parts)
            self.host = host
            if bug == .resultTakenTwice {
                checker.onCompletion = { partition, instanceID, task in
                    host.reopenForTest(task, of: instanceID, partition: partition)
                }
            }
        } catch {
            // The process is started again, as an operator's supervisor would.
            world.trace { "** process \(number) does not start: \(error)" }
            life.isOver = true
            connection.die()
            clock.stop()
            world.after(500_000) { [self] in startProcess() }
        }
    }

    private func open(_ partition: Int, _ life: Life) throws -> SimStore {
        let disk = disks[partition]
        if faults.strikes(.openFails, of: disk.entity) != nil { throw StorageError(.io, "The disk failed.") }
        disk.damage()
        let store = SimStore(
            disk, hub: names.text, partitionCount: Self.partitions, isAlive: { !life.isOver },
            kill: { [self] in killProcess(downFor: 50_000) })
        store.losesTimer = bug == .lostTimer
        return store
    }

    private func killProcess(downFor time: Int64? = nil) {
        guard !life.isOver else { return }
        world.trace { "** the process dies" }
        life.isOver = true
        connection?.die()
        clock?.stop()
        host?.abandon()
        host = nil
        if let time { world.after(time) { [self] in startProcess() } }
    }

    private func stopProcess(downFor time: Int64) {
        guard !life.isOver, let host else { return }
        world.trace { "** the process is asked to stop" }
        let life = life
        host.stop { [self] in
            guard !life.isOver else { return }
            world.trace { "** the process has stopped" }
            life.isOver = true
            connection?.die()
            clock?.stop()
            host.abandon()
            self.host = nil
            world.after(time) { [self] in startProcess() }
        }
        // The delay is the process's grace period.
        world.after(25_000_000) { [self] in
            if !life.isOver, self.life === life { killProcess(downFor: time) }
        }
    }

    private var unfinished: String {
        disks.flatMap(\.rows.instances).filter { !$0.status.isTerminal }.map {
            "\($0.instanceID) \($0.status.rawValue)"
        }
        .joined(separator: ", ")
    }
}
