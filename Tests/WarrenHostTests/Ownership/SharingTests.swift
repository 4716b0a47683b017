import Synchronization
import Testing
import Warren
import WarrenMessaging

@testable import WarrenHost

@Suite("Sharing a hub: who should have which partition")
struct SharingTests {
    private let start = Timestamp(microseconds: 0)

    private func all(_ host: String, _ partition: Int) -> Bool { true }

    @Test("Partitions are spread evenly, whatever the order of the hosts", arguments: [1, 2, 3, 4, 7], [1, 4, 32, 99])
    func even(hosts: Int, partitions: Int) {
        let names = Set((0..<hosts).map { "host-\($0)" })
        let assignment = Assignment(names, partitions: partitions, canRun: all)
        let share = partitions / hosts
        var loads: [String: Int] = [:]
        for partition in 0..<partitions {
            let host = assignment[partition]
            #expect(host != nil)
            loads[host ?? "", default: 0] += 1
        }
        #expect(loads.values.allSatisfy { $0 == share || $0 == share + 1 }, "\(loads)")
        #expect(loads.count == min(hosts, partitions))
        #expect(assignment == Assignment(Set(names.sorted().reversed()), partitions: partitions, canRun: all))
    }

    @Test("A host that goes moves its own partitions, and few others")
    func steady() {
        let names = Set((0..<5).map { "host-\($0)" })
        let before = Assignment(names, partitions: 40, canRun: all)
        let after = Assignment(names.subtracting(["host-2"]), partitions: 40, canRun: all)
        let moved = (0..<40).count { before[$0] != "host-2" && before[$0] != after[$0] }
        #expect(moved <= 12, "\(moved) of 32 moved")
        #expect((0..<40).allSatisfy { after[$0] != "host-2" && after[$0] != nil })
    }

    @Test("A partition goes to a host that can run what is open in it, whatever its share; without one, to nobody")
    func capable() {
        let assignment = Assignment(["a", "b"], partitions: 4) { host, partition in
            partition == 3 ? false : host == "b"
        }
        #expect((0..<4).map { assignment[$0] } == ["b", "b", "b", nil])
        #expect(Assignment([], partitions: 2, canRun: all).hosts == [nil, nil])
        #expect(assignment[99] == nil)
    }

    @Test("The first in reserve is the host that gets the partition when its owner goes", arguments: 1...5, 0...4)
    func standbys(hosts: Int, followers: Int) {
        let names = Set((0..<hosts).map { "host-\($0)" })
        let standbys = Standbys(names, partitions: 32, followers: followers, canRun: all)
        let assignment = Assignment(names, partitions: 32, canRun: all)
        for partition in 0..<32 {
            let rank = standbys[partition]
            #expect(rank.count == min(hosts, followers + 1))
            #expect(Set(rank).count == rank.count && names.isSuperset(of: rank))
            #expect(rank.first == assignment[partition])
            if rank.count > 1, let owner = rank.first {
                let without = Assignment(names.subtracting([owner]), partitions: 32, canRun: all)
                #expect(rank[1] == without[partition])
            }
        }
        #expect(standbys[32] == [] && standbys[-1] == [])
    }

    @Test("A host that cannot run what is open in a partition is not in reserve for it")
    func capableStandbys() {
        let standbys = Standbys(["a", "b", "c", "d"], partitions: 8, followers: 3) { host, _ in host != "c" }
        for partition in 0..<8 { #expect(Set(standbys[partition]) == ["a", "b", "d"]) }
        let alone = Standbys(["a", "b"], partitions: 2, followers: 1) { host, partition in partition == 1 || host == "a"
        }
        #expect(alone[0] == ["a"])
        #expect(Set(alone[1]) == ["a", "b"])
        #expect(Standbys([], partitions: 1, followers: 1, canRun: all)[0] == [])
    }

    @Test("A host is there while its beats come, until it leaves, and not while it is doubted")
    func members() {
        let now = Mutex(ContinuousClock.now)
        func pass(_ duration: Duration) { now.withLock { $0 += duration } }
        let members = Members { now.withLock { $0 } }
        var beat = HostBeat(id: "a", name: "m", process: 1, startedAt: start, sentAt: start)
        #expect(members.present == [])
        members.hear(beat)
        members.hear(HostBeat(id: "b", name: "m", process: 2, startedAt: start, sentAt: start))
        #expect(members.present == ["a", "b"])
        pass(.milliseconds(1500))
        members.hear(beat)
        #expect(members.present == ["a", "b"])
        #expect(members.calm == .milliseconds(1500))
        pass(.milliseconds(600))
        #expect(members.present == ["a"])
        #expect(members.calm == .zero)
        #expect(members.beats.map(\.id) == ["a"])
        beat.owned = [HostBeat.Ownership(partition: 3, epoch: 7, unsavedBytes: 0)]
        members.hear(beat)
        #expect(members.owner(of: 3, epoch: 7) == "a" && members.owner(of: 3, epoch: 8) == nil)
        members.doubt("a", over: 3, epoch: 7)
        #expect(members.present == [])
        members.hear(beat)
        #expect(members.present == [], "A beat from before its end is no sign of life.")
        beat.owned = [HostBeat.Ownership(partition: 3, epoch: 9, unsavedBytes: 0)]
        members.hear(beat)
        #expect(members.present == ["a"])
        beat.isLeaving = true
        members.hear(beat)
        #expect(members.present == [])
        #expect(members.beats.map(\.isLeaving) == [true])
    }

    @Test("More hosts than any hub has are not remembered")
    func bound() {
        let now = ContinuousClock.now
        let members = Members { now }
        for number in 0..<5000 {
            members.hear(HostBeat(id: "h\(number)", name: "m", process: 1, startedAt: start, sentAt: start))
        }
        #expect(members.present.count == 1000)
    }
}
