import WarrenHost

/// One simulated process of a host.
final class SimHost: @unchecked Sendable {
    let number: Int
    let life: SimLife
    let connection: SimConnection
    let clock: SimClock
    /// The same clock for sweeps and retention, which do not keep the world going.
    let upkeepClock: SimClock
    /// The number of the set of disks that it uses.
    let place: Int
    var process: SimulatedProcess?
    /// The partitions that it has lost to another host.
    var lost: Set<Int> = []

    init(_ number: Int, life: SimLife, connection: SimConnection, clock: SimClock, place: Int) {
        self.number = number
        self.life = life
        self.connection = connection
        self.clock = clock
        self.upkeepClock = clock.idle()
        self.place = place
    }

    /// Sets the machine's clock, as an operator would.
    func set(skew: Int64) {
        clock.set(skew: skew)
        upkeepClock.set(skew: skew)
    }
}
