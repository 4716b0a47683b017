/// States which optional fields of an instance follow in a commit. Bits are added, never changed.
struct InstanceFields: OptionSet {
    let rawValue: UInt64

    static let completedAt = InstanceFields(rawValue: 1)
    static let output = InstanceFields(rawValue: 2)
    static let customStatus = InstanceFields(rawValue: 4)
    static let failure = InstanceFields(rawValue: 8)
    static let waiters = InstanceFields(rawValue: 16)
    static let scheduledStart = InstanceFields(rawValue: 32)
    static let parent = InstanceFields(rawValue: 64)
    static let tags = InstanceFields(rawValue: 128)

    /// The fields that an update can have.
    static let ofUpdate: InstanceFields = [.completedAt, .output, .customStatus, .failure, .waiters]
    /// The fields that a new instance or generation can have.
    static let all: InstanceFields = [.ofUpdate, .scheduledStart, .parent, .tags]
}
