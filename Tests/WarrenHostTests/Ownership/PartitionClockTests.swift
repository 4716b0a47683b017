import Synchronization
import Testing
import Warren
import WarrenTestKit

@testable import WarrenHost

@Suite("Sharing a hub: the time of a partition")
struct PartitionClockTests {
    @Test("Time does not go back behind the journal's, and alarms keep to the host's clock")
    func floor() {
        let start = Timestamp(microseconds: 1_000_000_000)
        let host = VirtualClock(start)
        let clock = PartitionClock(host, notBefore: start.advanced(by: .seconds(5)))
        #expect(clock.now == start.advanced(by: .seconds(5)))
        let rings = Atomic(0)
        let alarm = clock.makeAlarm { rings.add(1, ordering: .relaxed) }
        alarm.set(to: start.advanced(by: .seconds(7)))
        #expect(!host.move(to: start.advanced(by: .seconds(6))))
        #expect(clock.now == start.advanced(by: .seconds(6)))
        #expect(host.move(to: start.advanced(by: .seconds(7))))
        #expect(rings.load(ordering: .relaxed) == 1)
    }

    @Test("A journal that is far ahead had a host with a wrong clock: time does not stand still for that")
    func wrong() {
        let start = Timestamp(microseconds: 1_000_000_000)
        let host = VirtualClock(start)
        let clock = PartitionClock(host, notBefore: start.advanced(by: .seconds(86_400)))
        #expect(clock.now == start)
        host.jump(to: start.advanced(by: .seconds(1)))
        #expect(clock.now == start.advanced(by: .seconds(1)))
    }
}
