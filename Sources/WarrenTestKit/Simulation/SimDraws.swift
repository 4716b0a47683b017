import WarrenSupport

/// The random decisions of a simulation, such as the fate of the second publish of one message. The number of a
/// decision does not depend on how many decisions preceded it, so that a run without one of the faults is otherwise the
/// same run.
package struct SimDraws: Sendable {
    /// The name of a decision: a fault, the entity, and the occurrence.
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
    /// The probability of each kind, in thousandths.
    package let rates: [SimFault: Int]
    /// The faults that may occur; `nil` for all that the rates select.
    package var allowed: Set<Key>?
    /// Whether everything takes the minimum time.
    package var isPrompt = false

    package init(seed: UInt64, rates: [SimFault: Int]) {
        self.seed = seed
        self.rates = rates
    }

    /// Computes a number that depends on the seed and the arguments only.
    package func number(_ kind: String, _ entity: String, _ occurrence: Int) -> UInt64 {
        var hash = FNV1a64(kind)
        hash.add("|")
        hash.add(entity)
        return Self.mix(Self.mix(seed) ^ hash.value &+ UInt64(bitPattern: Int64(occurrence)) &* 0x9E37_79B9)
    }

    /// Computes how long something takes, in microseconds. In most cases it is short; one time in eight ten times as
    /// long.
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
