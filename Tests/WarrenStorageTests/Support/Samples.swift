import Warren
import WarrenStorage

func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension InstanceRecord {
    static func sample(
        _ key: Int64, id: String? = nil, name: String = "Order", status: RuntimeStatus = .running,
        created: Int64? = nil, tags: [String: String] = [:]
    ) -> InstanceRecord {
        InstanceRecord(
            key: key, instanceID: id ?? "order-\(key)", executionID: "execution-\(key)", name: name, status: status,
            createdAt: time(created ?? key), lastUpdatedAt: time(key + 1), input: Payload(json: #"{"n":\#(key)}"#),
            tags: tags)
    }

    /// An instance with something in every column.
    static var full: InstanceRecord {
        InstanceRecord(
            key: 7, instanceID: "naïve 🦊/%_\u{0}end", executionID: "e\u{301}", generation: 3, name: "Order/Ship",
            status: .failed, createdAt: time(-5), lastUpdatedAt: time(.max), completedAt: time(9),
            scheduledStart: time(.min), input: Payload(bytes: []), output: Payload(json: "[1]"),
            customStatus: Payload(bytes: []),
            failure: FailureDetails(
                type: "Declined", message: "no \"funds\"", stack: "at 1\nat 2",
                inner: [FailureDetails(type: "Timeout", message: "")], isNonRetriable: true),
            parent: ParentInstance(name: "Shop", instanceID: "shop-1", executionID: "x", taskID: 12),
            tags: ["tier": "gold", "": "", "ü": "🦊"], episodes: 1, waiters: [0, 255, 1])
    }
}
