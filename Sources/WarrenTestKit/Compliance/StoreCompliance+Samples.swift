package import Warren
package import WarrenStorage

func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension JournalIdentity {
    package static var sample: JournalIdentity {
        JournalIdentity(id: 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF, secret: Array(0..<32))
    }
}

extension JournalPosition {
    /// The position behind the record of that number in the journal of ``JournalIdentity/sample``.
    package static func sample(_ next: UInt64, journal: UInt128 = JournalIdentity.sample.id) -> JournalPosition {
        JournalPosition(
            journalID: journal, epoch: 3, claim: .max - 1, isReleased: next % 2 == 1, next: next,
            offset: Int64(next) + 7, at: time(-5), bytes: Int64(next) * 100, savedBytes: Int64(next) * 10)
    }
}

extension PartitionCommit {
    /// A commit that adds a row to the outbox.
    package static func sending(_ id: Int64) -> PartitionCommit {
        var commit = PartitionCommit()
        commit.outbox = [OutboxRow(id: id, messages: bytes("\(id)"))]
        return commit
    }
}

extension TraceContext {
    package static let sample = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    package static let sampleWithState = TraceContext(
        traceparent: "00-00000000000000000000000000000001-0000000000000002-00", tracestate: "one=1,two= 2")
}

extension InstanceRecord {
    package static func sample(
        _ key: Int64, id: String? = nil, name: String = "Order", status: RuntimeStatus = .running,
        created: Int64? = nil, updated: Int64? = nil, tags: [String: String] = [:], eventWaits: String = ""
    ) -> InstanceRecord {
        InstanceRecord(
            key: key, instanceID: id ?? "order-\(key)", executionID: "execution-\(key)", name: name, status: status,
            createdAt: time(created ?? key), lastUpdatedAt: time(updated ?? key + 1),
            input: Payload(json: #"{"n":\#(key)}"#),
            tags: tags, eventWaits: bytes(eventWaits))
    }

    /// An instance with something in every column.
    package static var full: InstanceRecord {
        InstanceRecord(
            key: 7, instanceID: "naïve 🦊/%_\u{0}end", executionID: "e\u{301}", generation: 3, name: "Order/Ship",
            status: .failed, createdAt: time(-5), lastUpdatedAt: time(.max), completedAt: time(9),
            scheduledStart: time(.min), input: Payload(bytes: []), output: Payload(json: "[1]"),
            customStatus: Payload(bytes: []),
            failure: FailureDetails(
                type: "KillsHost", message: "no \"funds\"", stack: "at 1\nat 2",
                inner: [FailureDetails(type: "PayloadTooLarge", message: "")], isNonRetriable: true),
            parent: ParentInstance(name: "Shop", instanceID: "shop-1", executionID: "x", taskID: 12),
            tags: ["tier": "gold", "": "", "ü": "🦊"], episodes: 1, waiters: [0, 255, 1])
    }
}
