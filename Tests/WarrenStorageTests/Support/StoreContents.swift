import Warren
import WarrenStorage
import WarrenTestKit

/// Everything that a store gives back, for comparison with another store.
struct StoreContents: Equatable {
    var instances: [InstanceRecord] = []
    var histories: [[[UInt8]]] = []
    var waiters: [[[UInt8]]] = []
    var inbox: [InboxEntry?] = []
    var outbox: [OutboxRow] = []
    var held: [[UInt8]?] = []
    var timers: [TimerRow] = []
    var leases: [TaskLease] = []
    var heldEntries: [HeldEntry] = []
    var numbers: [Int64] = []
    var counts: PartitionCounts
    var openInstances: [String: Int]
    var damaged: [DamagedRow]

    /// - Parameter sequence: names the rows that there ever were.
    init(of store: any PartitionStore, after sequence: AnySequence) throws {
        counts = try store.counts()
        openInstances = try store.openInstances()
        let recovered = try store.recover()
        timers = recovered.timers
        leases = recovered.leases
        heldEntries = recovered.held
        numbers = [recovered.lastInstanceKey, recovered.lastOutboxID, recovered.lastHeldID]
        damaged = try store.damagedRows(most: .max).rows.compactMap { row in
            DamagedRow.Table(rawValue: row.table).map { DamagedRow($0, key: row.key, reason: row.reason) }
        }
        outbox = try store.outbox
        inbox = try sequence.inboxKeys.map(store.inboxEntry)
        held = try stride(from: 1, through: sequence.lastHeld, by: 1).map(store.heldMessage)
        for key in stride(from: 1, through: sequence.lastInstance, by: 1) {
            waiters.append(try store.waiters(of: key))
            guard let record = try store.instance(key: key) else { continue }
            instances.append(record)
            for generation in 0...record.generation {
                histories.append(try store.history(of: key, generation: generation))
            }
        }
    }
}
