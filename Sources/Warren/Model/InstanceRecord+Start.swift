extension InstanceRecord {
    /// Whether the instance is to begin at a later time, or when it is resumed after that, and has not begun.
    package var isWaitingForStart: Bool {
        scheduledStart != nil && episodes == 0 && (status == .pending || status == .suspended)
    }
}
