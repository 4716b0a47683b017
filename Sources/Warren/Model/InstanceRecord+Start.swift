extension InstanceRecord {
    /// Whether the instance has not begun: its start is scheduled for a later time, or it was suspended before it began.
    package var isWaitingForStart: Bool {
        scheduledStart != nil && episodes == 0 && (status == .pending || status == .suspended)
    }
}
