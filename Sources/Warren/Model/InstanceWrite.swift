/// A row of the table of instances that a commit writes.
public struct InstanceWrite: Sendable, Hashable {
    /// The kind of the change, which says what the row may be before it.
    public enum Kind: Sendable, Hashable {
        /// A new instance.
        case insert
        /// A step: every column that can change within a generation (status, times, output, custom status, failure,
        /// episodes, waiters, waits for events, condition). The input and the other columns stay.
        case update
        /// A new generation of the instance: every column; history, timers and leases of earlier generations are
        /// deleted.
        case replace
    }

    /// The kind of the change.
    public var kind: Kind
    /// The instance after the change.
    public var record: InstanceRecord

    /// A change of an instance.
    public init(_ kind: Kind, _ record: InstanceRecord) {
        self.kind = kind
        self.record = record
    }
}
