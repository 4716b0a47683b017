import TestSupport
import Warren
import WarrenTestKit

/// Makes commits with anything in them, the same ones for the same seed. They keep no rule of a store.
struct AnyCommit {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func commit() -> PartitionCommit {
        var commit = PartitionCommit()
        commit.instances = rows { $0.instanceWrite() }
        commit.history = rows { random in
            HistoryRow(
                instance: random.int64(), generation: random.int(), episode: random.int(), events: random.bytes())
        }
        commit.inbox = rows { random in
            InboxEntry(key: random.text(), bodyHash: random.int64(), instanceID: random.text(), at: random.time())
        }
        commit.timers = rows { TimerRow(key: $0.timerKey(), fireAt: $0.time()) }
        commit.removedTimers = rows { $0.timerKey() }
        commit.leases = rows { $0.lease() }
        commit.removedLeases = rows { $0.leaseKey() }
        commit.outbox = rows { OutboxRow(id: $0.int64(), messages: $0.bytes()) }
        commit.removedOutbox = rows { $0.int64() }
        commit.held = rows { random in
            HeldMessage(
                id: random.int64(), subject: random.text(), expiresAt: random.time(), message: random.bytes())
        }
        commit.removedHeld = rows { $0.int64() }
        commit.waiters = rows { WaiterRow(instance: $0.int64(), address: $0.bytes()) }
        commit.removedWaiters = rows { $0.int64() }
        commit.purgedInstances = rows { $0.int64() }
        commit.forgetInboxBefore = random.chance(oneIn: 2) ? time() : nil
        commit.setAside = rows { $0.damagedRow() }
        commit.clearedInstances = rows { $0.int64() }
        return commit
    }

    mutating func instanceWrite() -> InstanceWrite {
        let kind: InstanceWrite.Kind = [.insert, .update, .replace][random.below(3)]
        return InstanceWrite(kind, record())
    }

    private mutating func record() -> InstanceRecord {
        var record = InstanceRecord(
            key: int64(), instanceID: text(), executionID: text(), generation: int(), name: text(),
            status: RuntimeStatus.allCases[random.below(RuntimeStatus.allCases.count)], createdAt: time(),
            lastUpdatedAt: time(), completedAt: optional { $0.time() }, scheduledStart: optional { $0.time() },
            input: payload(), output: optional { $0.payload() }, customStatus: optional { $0.payload() },
            failure: optional { $0.failure(depth: 0) },
            parent: optional {
                ParentInstance(name: $0.text(), instanceID: $0.text(), executionID: $0.text(), taskID: $0.int())
            }, tags: tags(), episodes: int(), waiters: bytes(),
            eventWaits: optional { Array($0.text().utf8) } ?? [],
            trace: [nil, TraceContext.sample, TraceContext.sampleWithState][random.below(3)],
            version: optional { $0.text() })
        record.conditionBytes = optional { Array($0.text().utf8) } ?? []
        return record
    }

    mutating func failure(depth: Int) -> FailureDetails {
        FailureDetails(
            type: text(), message: text(), stack: optional { $0.text() }, details: optional { $0.payload() },
            inner: depth > 3 ? [] : (0..<random.below(3)).map { _ in failure(depth: depth + 1) },
            isNonRetriable: random.chance(oneIn: 2))
    }

    mutating func text() -> String {
        switch random.below(4) {
        case 0: ["", "a", "order-1", "\u{e9}", "e\u{301}", "🦊\u{0}"][random.below(6)]
        case 1: String(repeating: "long ", count: random.below(60))
        default: String(decoding: random.bytes(most: 12), as: UTF8.self)
        }
    }

    mutating func time() -> Timestamp { Timestamp(microseconds: int64()) }

    mutating func payload() -> Payload { Payload(bytes: bytes()) }

    mutating func bytes() -> [UInt8] { random.bytes(most: random.chance(oneIn: 5) ? 300 : 10) }

    mutating func int64() -> Int64 {
        let number = Int64.random(in: .min ... .max, using: &random)
        return random.chance(oneIn: 8) ? [0, -1, .min, .max][random.below(4)] : number >> Int64(random.below(64))
    }

    mutating func int() -> Int { Int(truncatingIfNeeded: int64()) }

    private mutating func damagedRow() -> DamagedRow {
        switch random.below(6) {
        case 0: DamagedRow(timer: timerKey(), reason: text())
        case 1: DamagedRow(lease: leaseKey(), reason: text())
        case let number:
            DamagedRow(
                [DamagedRow.Table.instances, .history, .outbox, .held][number - 2], key: int64(), reason: text())
        }
    }

    private mutating func timerKey() -> TimerRow.Key {
        TimerRow.Key(instance: int64(), generation: int(), id: int())
    }

    private mutating func leaseKey() -> TaskLease.Key {
        TaskLease.Key(instance: int64(), generation: int(), taskID: int())
    }

    private mutating func lease() -> TaskLease {
        var lease = TaskLease(key: leaseKey(), attempt: int(), expiresAt: time())
        if random.chance(oneIn: 3) { lease.details = Payload(bytes: bytes()) }
        if random.chance(oneIn: 3) { lease.worker = text() }
        if random.chance(oneIn: 3) { lease.limit = .microseconds(int64()) }
        return lease
    }

    private mutating func tags() -> [String: String] {
        var tags: [String: String] = [:]
        for _ in 0..<random.below(4) { tags[text()] = text() }
        return tags
    }

    private mutating func optional<Value>(_ make: (inout AnyCommit) -> Value) -> Value? {
        random.chance(oneIn: 2) ? make(&self) : nil
    }

    private mutating func rows<Row>(_ make: (inout AnyCommit) -> Row) -> [Row] {
        guard random.chance(oneIn: 2) else { return [] }
        return (0..<random.below(4)).map { _ in make(&self) }
    }
}
