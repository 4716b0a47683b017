import Warren

/// The time of a partition that moves between hosts: it never goes back behind what its journal says, though the clocks of
/// hosts differ.
struct PartitionClock: HostClock {
    private let clock: any HostClock
    private let floor: Timestamp

    /// - Parameter floor: the time of the last record that the new owner has read.
    init(_ clock: any HostClock, notBefore floor: Timestamp) {
        self.clock = clock
        self.floor = floor
    }

    var now: Timestamp { max(clock.now, floor) }

    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        clock.makeAlarm(isAnswered: isAnswered, handler)
    }
}
