extension InstanceRecord {
    /// Whether the instance has not begun, because its start is scheduled for a later time or it is suspended since.
    package var isWaitingForStart: Bool {
        scheduledStart != nil && episodes == 0 && (status == .pending || status == .suspended)
    }
}
