/// Gives a partition to another kind of store, while no host has it.
extension OwnerQueue {
    /// The store to which the partition belongs, if no host has the partition open.
    ///
    /// - Throws: `MessagingError.Code.inUse` while a host has it open.
    package func ownerOfIdlePartition() async throws -> OwnerRecord? {
        try await whileIdle { reading in
            try await reading.readAll()
            return reading.ledger.records.first?.record
        }
    }

    /// Replaces the partition's record by another one, unless it changed meanwhile. Whenever the process ends, the
    /// partition has the one or the other.
    ///
    /// - Parameter expected: the record as it was read before.
    /// - Returns: whether it was replaced. Otherwise nothing has changed.
    /// - Throws: `MessagingError.Code.inUse` while a host has the partition open.
    package func replace(_ expected: OwnerRecord, with record: OwnerRecord) async throws -> Bool {
        try await whileIdle { reading in
            try await reading.readAll()
            switch reading.ledger.records.first?.record {
            case expected:
                // The first record decides: until the old one is removed, the partition has that one.
                let id = try await reading.append(record)
                reading.remove { $0.id != id }
                return true
            // An earlier attempt of this call replaced it, and its end was not seen.
            case record: return true
            default: return false
            }
        }
    }

    /// The time for which a lock may be left from a host that has just ended.
    private static let busyTime = Duration.seconds(2)
    /// The limits of one reading and of all attempts. A host that is just ending may take away what a reading waits for:
    /// it reads under another lock.
    private static let attemptTime = Duration.seconds(3)
    private static let patience = Duration.seconds(30)

    private struct Busy: Error {
        var cause: MessagingError
    }

    private func whileIdle<Value>(_ body: (inout OwnerReading) async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        do {
            return try await retrying(Self.patience) {
                do {
                    return try await read(lock: hostLock, within: Self.attemptTime, body)
                } catch let error as MessagingError where error.code == .inUse && .now - start > Self.busyTime {
                    throw Busy(cause: error)
                }
            }
        } catch let busy as Busy {
            throw busy.cause
        }
    }
}
