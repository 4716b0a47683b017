/// Counts occurrences, and records the faults that struck.
package final class SimFaults: @unchecked Sendable {
    private let world: SimWorld
    private var counts: [String: Int] = [:]
    /// Whether faults have ended, so that the remaining work can complete.
    package var isOver = false
    package private(set) var struck: [SimDraws.Key] = []

    init(_ world: SimWorld) { self.world = world }

    /// Returns the number of this occurrence for an entity, from 0.
    package func occurrence(_ kind: String, _ entity: String) -> Int {
        let key = "\(kind) \(entity)"
        let count = counts[key] ?? 0
        counts[key] = count + 1
        return count
    }

    /// Decides whether a fault strikes, and returns the first one that does.
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

    /// Computes how long something takes, in microseconds.
    package func delay(_ kind: String, _ entity: String, most: Int64) -> Int64 {
        world.draws.delay(kind, entity, occurrence(kind, entity), most: most)
    }
}
