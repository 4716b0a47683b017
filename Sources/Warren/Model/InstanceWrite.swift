package struct InstanceWrite: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// A new instance.
        case insert
        /// A step: every column that can change within a generation (status, times, output, custom status, failure,
        /// episodes, waiters, waits for events, condition). The input and the other columns stay.
        case update
        /// A new generation of the instance: every column; history, timers and leases of earlier generations are
        /// deleted.
        case replace
    }

    package var kind: Kind
    package var record: InstanceRecord

    package init(_ kind: Kind, _ record: InstanceRecord) {
        self.kind = kind
        self.record = record
    }
}
