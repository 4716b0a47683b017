/// The plan of a run, made before it begins: the programs, the actions of clients, and the troubles of processes.
package struct SimPlan: Sendable {
    /// An instance that clients start.
    package struct Root: Sendable {
        package var id: String
        package var ops: [SimOp]
        /// The time of the start, in microseconds.
        package var at: Int64
        /// Whether its client names the message, so that it may be sent twice.
        package var isNamed: Bool
        /// Whether its client waits for the end.
        package var waitsForEnd: Bool
        /// The delay after which the instance is to begin, in milliseconds.
        package var delay: Int64?
        /// The version that its start names; `nil` for none.
        package var version: String?

        package init(
            _ id: String, _ ops: [SimOp], at: Int64 = 0, isNamed: Bool = true, waitsForEnd: Bool = false,
            delay: Int64? = nil
        ) {
            self.id = id
            self.ops = ops
            self.at = at
            self.isNamed = isNamed
            self.waitsForEnd = waitsForEnd
            self.delay = delay
        }
    }

    package enum Action: Sendable, Hashable {
        /// An event that the root waits for; sent once the start is accepted.
        case event(root: Int, name: String)
        /// An event that the root does not wait for, or that is too early.
        case strayEvent(root: Int, name: String)
        case terminate(root: Int)
        /// The same, with the children.
        case terminateAll(root: Int)
        /// Rewinds, again and again until the root has completed.
        case rewind(root: Int)
        /// An update, again and again until it is answered.
        case update(root: Int, number: Int)
        case suspend(root: Int, for: Int64)
        case purge(root: Int)
        /// The same start again, unchanged.
        case startAgain(root: Int)
        /// Another start under the same message ID.
        case mismatch(root: Int)
        case restart(root: Int)
        case status(root: Int)
        case wait(root: Int)
        /// All ended instances of a partition are purged.
        case purgeEnded(partition: Int)
        case list(partition: Int)
        case kill(downFor: Int64)
        case stop(downFor: Int64)
        case clock(skew: Int64)
        case connectionLost(for: Int64)
        /// The process dies, and its disks with it.
        case killWithDisk(downFor: Int64)
        /// The broker starts again: connections are lost, and what is appended to streams meanwhile.
        case brokerRestart(for: Int64)
        /// Another host takes over, while the first one is frozen, or does not notice.
        case takeover(frozenFor: Int64)
        /// The process that follows dies, perhaps with its disks.
        case killFollower(downFor: Int64, withDisk: Bool)
        case freezeFollower(for: Int64)
        case blocked(for: Int64)
        case queueTrouble(String, isMissing: Bool, for: Int64)

        /// The root that the operation concerns.
        var root: Int? {
            switch self {
            case .event(let root, _), .strayEvent(let root, _), .terminate(let root), .suspend(let root, _),
                .update(let root, _), .terminateAll(let root), .rewind(let root), .purge(let root),
                .startAgain(let root),
                .mismatch(let root), .restart(let root), .status(let root),
                .wait(let root):
                root
            default: nil
            }
        }
    }

    package struct Timed: Sendable, Hashable {
        package var at: Int64
        package var action: Action

        package init(at: Int64, action: Action) {
            self.at = at
            self.action = action
        }
    }

    package var seed: UInt64
    package var roots: [Root]
    package var actions: [Timed]
    package var rates: [SimFault: Int]
    /// The number of instances that a partition keeps in memory.
    package var warm: Int
    /// The maximum number of messages on their way from a partition, and of unconfirmed rows in its outbox.
    package var window: Int
    package var outboxRows: Int
    package var routesLocally: Bool
    /// Whether every change of status is published.
    package var tellsEverything: Bool
    /// The faults that may occur; `nil` for all that the rates select.
    package var allowed: Set<SimDraws.Key>?
    package var isPrompt = false
    /// Whether the hub's partitions have journals.
    package var isJournalled = false
    /// Whether another host follows the one that owns the partitions.
    package var hasFollower = false
    /// The size of a journal in bytes, so small that there are snapshots; `nil` for more than there ever is.
    package var journalBytes: Int?
    /// The time from which unlucky activities succeed, in microseconds.
    package var mendsAt: Int64 = 0
    /// Whether a process that dies over an instance takes its disks with it: then only the journals know of it.
    package var poisonTakesDisks = false
    /// Whether every second process, while faults occur, has code that does not agree with the histories of instances.
    package var changesCode = false
    /// How many activities the hub may run at once; `nil` for no limit.
    package var concurrency: Int?
    /// The schedules that clients create.
    package var schedules: [SimSchedule] = []
    /// The versions of hosts; `nil` if nothing has a version.
    package var versions: SimVersions?

    /// The rules of the payload folder; `nil` in a hub without one.
    package var payloads: SimPayloads?
    /// The time after which no fault occurs any more, in microseconds.
    package var endOfFaults: Int64 = 8_000_000

    /// Makes a plan from explicit values: only the listed faults occur.
    package init(
        seed: UInt64 = 1, roots: [Root], actions: [Timed] = [], faults: Set<SimDraws.Key> = []
    ) {
        self.seed = seed
        self.roots = roots
        self.actions = actions
        rates = Dictionary(faults.map { ($0.fault, 1000) }) { first, _ in first }
        warm = 1000
        window = 16
        outboxRows = 10_000
        routesLocally = true
        tellsEverything = false
        allowed = faults
        isPrompt = true
    }

    /// Makes the plan of a seed.
    package init(seed: UInt64, withFaults: Bool = true) {
        var random = SimGenerator(seed)
        self.seed = seed
        roots = []
        actions = []
        rates = [:]
        warm = random.chance(50) ? random.below(4) : 1000
        window = random.chance(30) ? 2 : 16
        outboxRows = random.chance(25) ? 8 : 10_000
        routesLocally = random.chance(70)
        tellsEverything = random.chance(40)
        let count = 1 + random.below(4)
        for index in 0..<count {
            var events: [String] = []
            var ops = SimPlan.ops(&random, depth: 0, root: index, roots: count, &events)
            if ops.isEmpty { ops = [.call] }
            let at = Int64(random.below(200_000))
            roots.append(
                Root(
                    "i\(index)", ops, at: at, isNamed: random.chance(85), waitsForEnd: random.chance(50),
                    delay: random.chance(20) ? Int64(random.below(3000)) : nil))
            for event in events {
                actions.append(
                    Timed(at: at + Int64(random.below(400_000)), action: .event(root: index, name: event)))
            }
            SimPlan.addOperations(to: &actions, root: index, ops: ops, &random)
        }
        if random.chance(6) {
            actions.append(
                Timed(at: Int64(random.below(1_500_000)), action: .purgeEnded(partition: random.below(2))))
        }
        if random.chance(6) {
            actions.append(Timed(at: Int64(random.below(1_500_000)), action: .list(partition: random.below(2))))
        }
        if withFaults {
            addFaults(&random)
            if answersLater { rates.merge([.executorFallsSilent: 60, .executorAnswersTwice: 60]) { $1 } }
        }
        addJournals(withFaults)
        actions.sort { $0.at < $1.at }
    }

    /// Gives a third of the seeds journals. Its draws are its own, so that the other seeds keep their meaning.
    private mutating func addJournals(_ withFaults: Bool) {
        var random = SimGenerator(seed ^ 0x10A4)
        guard random.chance(33) else { return }
        isJournalled = true
        guard withFaults else { return }
        // Damaged rows differ between files; files are damaged as a whole instead.
        rates[.rowDamaged] = nil
        let likely: [SimFault: Int] = [
            .streamLoses: 15, .streamLosesSilently: 10, .streamRefuses: 10, .streamDelays: 25, .streamRepeats: 40,
            .streamConfirmLost: 15, .streamKeepsLate: 500, .streamStands: 15, .fileDamaged: 100,
        ]
        for fault in SimFault.ofJournals where random.chance(35) {
            rates[fault] = min(1000, (likely[fault] ?? 0) * (random.chance(20) ? 6 : 1))
        }
        func time(_ random: inout SimGenerator, _ bound: Int) -> Int64 { Int64(1 + random.below(bound)) }
        for _ in 0..<2 where random.chance(20) {
            actions.append(
                Timed(at: time(&random, 800_000), action: .killWithDisk(downFor: time(&random, 300_000))))
        }
        if random.chance(20) {
            actions.append(
                Timed(at: time(&random, 800_000), action: .brokerRestart(for: time(&random, 3_000_000))))
        }
        for _ in 0..<2 where random.chance(25) {
            let frozen = random.chance(60) ? time(&random, 2_000_000) : 0
            actions.append(Timed(at: time(&random, 800_000), action: .takeover(frozenFor: frozen)))
        }
        addFollower(&random)
    }

    /// Gives most of the hubs with journals a host that follows, many of them small journals, and some an instance that
    /// kills its hosts.
    private mutating func addFollower(_ random: inout SimGenerator) {
        func time(_ bound: Int) -> Int64 { Int64(1 + random.below(bound)) }
        if random.chance(60) { hasFollower = true }
        if random.chance(50) { journalBytes = random.pick([12 << 10, 16 << 10, 32 << 10]) }
        if journalBytes != nil, random.chance(20) { rates[.copyFails] = 300 }
        if !answersLater, random.chance(20) {
            let first: SimOp = random.chance(50) ? .call : .sleep(milliseconds: 20)
            roots.append(Root("i\(roots.count)", [first, .poison], at: time(200_000)))
            poisonTakesDisks = random.chance(50)
        }
        guard hasFollower else { return }
        for _ in 0..<2 where random.chance(25) {
            let action = Action.killFollower(downFor: time(300_000), withDisk: random.chance(40))
            actions.append(Timed(at: time(800_000), action: action))
        }
        if random.chance(25) {
            actions.append(Timed(at: time(800_000), action: .freezeFollower(for: time(2_000_000))))
        }
    }

    /// Whether an instance kills the processes that run it.
    package var hasPoison: Bool { roots.contains { $0.ops.contains(.poison) } }

    /// Whether an executor that answers later runs the orchestrators.
    package var answersLater: Bool {
        var random = SimGenerator(seed ^ 0xE2EC)
        return random.chance(25)
    }

    private static func ops(
        _ random: inout SimGenerator, depth: Int, root: Int, roots: Int, _ events: inout [String]
    ) -> [SimOp] {
        var ops: [SimOp] = []
        for _ in 0..<(1 + random.below(depth == 0 ? 5 : 3)) {
            switch random.below(100) {
            case 0..<25: ops.append(.call)
            case 25..<30: ops.append(.failingCall)
            case 30..<42: ops.append(.fan(2 + random.below(3)))
            case 42..<54 where depth < 2:
                var none: [String] = []
                ops.append(
                    .child(SimPlan.ops(&random, depth: depth + 1, root: root, roots: roots, &none)))
            case 54..<66: ops.append(.sleep(milliseconds: 1 + random.below(random.chance(20) ? 100_000 : 500)))
            case 66..<76 where depth == 0:
                let event = "v\(root)x\(events.count)"
                events.append(event)
                ops.append(.wait(event: event))
            case 76..<82: ops.append(.race(event: "z\(random.below(3))", milliseconds: 1 + random.below(400)))
            case 82..<89: ops.append(.again)
            case 89..<95: ops.append(.send(event: "z\(random.below(3))", to: "i\(random.below(roots))"))
            case 95..<97 where depth == 0:
                ops.append(.start(id: "i\(root)s\(ops.count)", [.call]))
            case 97..<98 where depth > 0: ops.append(.fail)
            default: ops.append(.call)
            }
        }
        if depth == 0, random.chance(6) { ops.append(.fail) }
        return ops
    }

    private static func addOperations(
        to actions: inout [Timed], root: Int, ops: [SimOp], _ random: inout SimGenerator
    ) {
        func at(_ bound: Int) -> Int64 { Int64(random.below(bound)) }
        func add(_ percent: Int, _ bound: Int, _ action: Action) {
            let time = at(bound)
            if random.chance(percent) { actions.append(Timed(at: time, action: action)) }
        }
        add(25, 600_000, .strayEvent(root: root, name: "z\(random.below(3))"))
        add(15, 600_000, .strayEvent(root: root, name: "z\(random.below(3))"))
        add(8, 600_000, .terminate(root: root))
        add(18, 500_000, .suspend(root: root, for: 1000 + at(random.chance(70) ? 300_000 : 4_000_000)))
        add(10, 2_000_000, .purge(root: root))
        add(15, 1_500_000, .startAgain(root: root))
        add(5, 1_000_000, .mismatch(root: root))
        add(15, 800_000, .status(root: root))
        add(10, 500_000, .wait(root: root))
        let waits = ops.contains { if case .wait = $0 { true } else { false } }
        if !waits { add(6, 2_000_000, .restart(root: root)) }
    }

    private mutating func addFaults(_ random: inout SimGenerator) {
        // Each seed has only some kinds, so that rare combinations occur as often as common ones.
        let likely: [SimFault: Int] = [
            .lost: 60, .confirmLost: 80, .duplicate: 80, .refused: 40, .channelLost: 60, .ackLost: 40,
            .commitFails: 15, .deathAfterCommit: 12, .deathBeforeCommit: 12, .readFails: 4, .openFails: 200,
            .workerDiesBefore: 50, .workerDiesAfterEffect: 50, .workerDiesAfterResult: 50, .workerAnswersTwice: 60,
            .workerIsSlow: 40, .workerFallsSilent: 25, .workerIsLate: 25, .workerReleases: 40, .slowFlush: 30,
        ]
        for fault in SimFault.ofEveryHub where random.chance(35) {
            rates[fault] = (likely[fault] ?? 0) * (random.chance(20) ? 4 : 1)
        }
        // Damage is rare, and excuses many violations.
        if random.chance(10) { rates[.rowDamaged] = 500 }
        func at(_ random: inout SimGenerator) -> Int64 { Int64(random.below(random.chance(80) ? 500_000 : 5_000_000)) }
        func down(_ random: inout SimGenerator) -> Int64 {
            Int64(1000 + random.below(random.chance(80) ? 200_000 : 90_000_000))
        }
        for _ in 0..<3 {
            if random.chance(22) { actions.append(Timed(at: at(&random), action: .kill(downFor: down(&random)))) }
        }
        if random.chance(12) { actions.append(Timed(at: at(&random), action: .stop(downFor: down(&random)))) }
        for _ in 0..<2 where random.chance(8) {
            let skew = random.chance(50) ? -Int64(random.below(3600)) : Int64(random.below(86_400))
            actions.append(Timed(at: at(&random), action: .clock(skew: skew * 1_000_000)))
        }
        if random.chance(20) {
            actions.append(Timed(at: at(&random), action: .connectionLost(for: Int64(1 + random.below(3_000_000)))))
        }
        if random.chance(12) {
            actions.append(Timed(at: at(&random), action: .blocked(for: Int64(1 + random.below(5_000_000)))))
        }
        if random.chance(12) {
            let queue = random.pick(["activity", "partition", "reply"])
            actions.append(
                Timed(
                    at: at(&random),
                    action: .queueTrouble(
                        queue, isMissing: random.chance(50), for: Int64(1 + random.below(10_000_000)))))
        }
    }

    /// Whether a message may come after later ones of its publisher. A broker that loses or refuses one publish and
    /// takes the next does that to messages on the detour.
    var mayReorder: Bool {
        rates[.lost] != nil || rates[.refused] != nil
            || actions.contains { if case .queueTrouble("partition", _, _) = $0.action { true } else { false } }
    }

    /// Whether each root is sent all events that it waits for.
    var sendsAllEvents: Bool {
        roots.enumerated().allSatisfy { index, root in
            root.ops.allSatisfy { op in
                guard case .wait(let event) = op else { return true }
                return actions.contains { timed in
                    if case .event(index, event) = timed.action { true } else { false }
                }
            }
        }
    }
}
