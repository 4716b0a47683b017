import Warren

/// The time of a partition that moves between hosts: it does not go back behind what its journal says, though the clocks of
/// hosts differ a little.
///
/// Where they differ by more, one of them is wrong, and which one is not known: the host goes by its own. If time stood
/// still until then, everything that is begun meanwhile would be late.
struct PartitionClock: HostClock {
    /// The difference from which on a clock is wrong.
    static let mostSkew = Duration.seconds(10)

    private let clock: any HostClock
    private let floor: Timestamp

    /// - Parameter floor: the time of the last record that the new owner has read.
    init(_ clock: any HostClock, notBefore floor: Timestamp) {
        self.clock = clock
        self.floor = floor <= clock.now.advanced(by: Self.mostSkew) ? floor : clock.now
    }

    var now: Timestamp { max(clock.now, floor) }

    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        clock.makeAlarm(isAnswered: isAnswered, handler)
    }
}
