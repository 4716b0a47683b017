/// A row that differs from what was written. It is moved to a table of its own, for people.
///
/// It is named by what every file of the partition calls it, never by a number that only one file gives: the commit
/// that sets it aside is applied by other hosts as well, and in their files the row may be intact. Every file removes
/// the row of that name, intact or not.
///
/// The name is what was read in the file with the damage. If the damage is in the name itself, other files have no row
/// of that name and keep the intact one. So that all of them have the same contents afterwards, the same commit writes
/// again what the row stood for, and in it a timer or lease replaces one of the same key. A message is named by its
/// number alone: where that is damaged, other files keep the message. It is sent or taken there after all, at most once
/// more, and recognised as a repetition.
public struct DamagedRow: Sendable, Hashable {
    /// The tables of rows that can be set aside.
    public enum Table: String, Sendable, Hashable {
        case instances, history, timers, leases, outbox, held
    }

    /// The table of the row.
    public var table: Table
    /// The row's number in the outbox or among held messages; of all others the key of the instance.
    public var key: Int64
    /// The generation that a timer or lease belongs to; otherwise 0.
    public private(set) var generation: Int
    /// The number of a timer or of a lease's task in its execution; otherwise 0.
    public private(set) var id: Int
    /// The fault, for people.
    public var reason: String

    /// A row of a table other than `timers` and `leases`, which have inits of their own.
    public init(_ table: Table, key: Int64, reason: String) {
        self.init(table, key: key, generation: 0, id: 0, reason: reason)
    }

    /// A timer.
    public init(timer key: TimerRow.Key, reason: String) {
        self.init(.timers, key: key.instance, generation: key.generation, id: key.id, reason: reason)
    }

    /// A lease.
    public init(lease key: TaskLease.Key, reason: String) {
        self.init(.leases, key: key.instance, generation: key.generation, id: key.taskID, reason: reason)
    }

    private init(_ table: Table, key: Int64, generation: Int, id: Int, reason: String) {
        self.table = table
        self.key = key
        self.generation = generation
        self.id = id
        self.reason = reason
    }

    /// The key of the timer, if it is one.
    public var timer: TimerRow.Key? {
        table == .timers ? TimerRow.Key(instance: key, generation: generation, id: id) : nil
    }

    /// The key of the lease, if it is one.
    public var lease: TaskLease.Key? {
        table == .leases ? TaskLease.Key(instance: key, generation: generation, taskID: id) : nil
    }

    /// The name of the row in its table, for people: `12`, and for timers and leases `12.3.4`, which is the instance's
    /// key, the generation and the number.
    public var name: String {
        table == .timers || table == .leases ? "\(key).\(generation).\(id)" : "\(key)"
    }
}
