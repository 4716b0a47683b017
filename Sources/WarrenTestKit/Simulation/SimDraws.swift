import WarrenSupport

/// What can go wrong in a simulation.
package enum SimFault: String, Sendable, Hashable, CaseIterable {
    /// A message does not reach the broker, and its publisher does not know.
    case lost
    /// A message reaches the broker, and its publisher does not know.
    case confirmLost
    /// A message is there twice.
    case duplicate
    /// A queue is full.
    case refused
    /// A delivery goes back to its queue, because the consumer's channel ends.
    case channelLost
    /// An acknowledgement does not arrive: the channel ends first.
    case ackLost
    /// Commits fail.
    case commitFails
    /// Commits are durable, and the process dies before it hears of it.
    case deathAfterCommit
    /// The process dies, and commits on their way are gone.
    case deathBeforeCommit
    /// A read fails.
    case readFails
    /// A store cannot be opened.
    case openFails
    case workerDiesBefore
    case workerDiesAfterEffect
    case workerDiesAfterResult
    case workerAnswersTwice
    /// The worker takes a lease, and answers later.
    case workerIsSlow
    /// The worker takes a lease, and is never heard of again.
    case workerFallsSilent
    /// The worker answers after its lease has run out.
    case workerIsLate
    case workerReleases
    /// An executor of orchestrators that answers later does not answer.
    case executorFallsSilent
    case executorAnswersTwice
    /// The disk takes seconds.
    case slowFlush
    /// A row is not what was written when the store is opened.
    case rowDamaged
}

/// One decision that a simulation has to take: the fate of the second publish of one message, say. Its number does not depend on
/// how many decisions came before, so that a run without one of the faults is otherwise the same run.
package struct SimDraws: Sendable {
    /// Which fault, of what, and which time.
    package struct Key: Sendable, Hashable, CustomStringConvertible {
        package var fault: SimFault
        package var entity: String
        package var occurrence: Int

        package init(_ fault: SimFault, of entity: String, _ occurrence: Int = 0) {
            self.fault = fault
            self.entity = entity
            self.occurrence = occurrence
        }

        package var description: String { "\(fault.rawValue) of \(entity) #\(occurrence)" }
    }

    package let seed: UInt64
    /// How likely each kind is, in thousandths.
    package let rates: [SimFault: Int]
    /// What may go wrong; `nil` for all that the rates decide.
    package var allowed: Set<Key>?
    /// Whether everything takes the shortest time.
    package var isPrompt = false

    package init(seed: UInt64, rates: [SimFault: Int]) {
        self.seed = seed
        self.rates = rates
    }

    /// A number that depends on the seed and the arguments only.
    package func number(_ kind: String, _ entity: String, _ occurrence: Int) -> UInt64 {
        var hash = FNV1a64(kind)
        hash.add("|")
        hash.add(entity)
        return Self.mix(Self.mix(seed) ^ hash.value &+ UInt64(bitPattern: Int64(occurrence)) &* 0x9E37_79B9)
    }

    /// How long something takes, in microseconds. Mostly short; one time in eight ten times as long.
    package func delay(_ kind: String, _ entity: String, _ occurrence: Int, most: Int64) -> Int64 {
        guard !isPrompt else { return 100 }
        let number = number(kind, entity, occurrence)
        let long: Int64 = number >> 60 < 2 ? 10 : 1
        return 50 + Int64(number % UInt64(most)) * long
    }

    func strikes(_ key: Key) -> Bool {
        guard let rate = rates[key.fault], rate > 0 else { return false }
        guard number(key.fault.rawValue, key.entity, key.occurrence) % 1000 < UInt64(rate) else { return false }
        return allowed?.contains(key) ?? true
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Random numbers of a seed, one after the other: for what is decided before a run begins.
struct SimGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = SimDraws.mix(seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SimDraws.mix(state)
    }

    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Counts occurrences, and remembers what struck.
package final class SimFaults: @unchecked Sendable {
    private let world: SimWorld
    private var counts: [String: Int] = [:]
    /// Faults end when this is set: what is left has to come to an end.
    package var isOver = false
    package private(set) var struck: [SimDraws.Key] = []

    init(_ world: SimWorld) { self.world = world }

    /// Which time this is for an entity, from 0.
    package func occurrence(_ kind: String, _ entity: String) -> Int {
        let key = "\(kind) \(entity)"
        let count = counts[key] ?? 0
        counts[key] = count + 1
        return count
    }

    /// Whether a fault strikes, and the first of several.
    package func strikes(_ faults: SimFault..., of entity: String) -> SimFault? {
        if isOver { return nil }
        for fault in faults where (world.draws.rates[fault] ?? 0) > 0 {
            let key = SimDraws.Key(fault, of: entity, occurrence(fault.rawValue, entity))
            guard world.draws.strikes(key) else { continue }
            struck.append(key)
            world.trace { "** \(key)" }
            return fault
        }
        return nil
    }

    /// How long something takes, in microseconds.
    package func delay(_ kind: String, _ entity: String, most: Int64) -> Int64 {
        world.draws.delay(kind, entity, occurrence(kind, entity), most: most)
    }
}
