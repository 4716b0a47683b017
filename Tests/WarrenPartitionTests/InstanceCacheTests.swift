import Testing
import Warren
import WarrenPartition

@Suite("Instances in memory", .timeLimit(.minutes(5)))
struct InstanceCacheTests {
    private func state(_ key: Int64, _ id: String? = nil) -> InstanceState {
        InstanceState(
            record: InstanceRecord(
                key: key, instanceID: id ?? "i\(key)", executionID: "e", name: "N",
                createdAt: Timestamp(microseconds: 0), lastUpdatedAt: Timestamp(microseconds: 0)),
            isStored: true)
    }

    @Test("go in the order in which they were last used")
    func leastRecentlyUsed() {
        var cache = InstanceCache(capacity: 2)
        for key in 1...4 { cache.insert(state(Int64(key))) }
        #expect(cache.instance("i1") != nil)  // used last now
        #expect(cache.evictable().map(\.record.key) == [2, 3])
        #expect(cache.count == 2)
        #expect(cache.instance(key: 4) != nil)
        #expect(cache.instance("i2") == nil)
    }

    @Test("stay while they have work or commits on their way")
    func busy() {
        var cache = InstanceCache(capacity: 0)
        let committing = state(1)
        committing.commitsInFlight = 1
        let working = state(2)
        working.newEvents = [.timerFired(id: 0)]
        cache.insert(committing)
        cache.insert(working)
        #expect(cache.evictable().isEmpty)
        committing.commitsInFlight = 0
        #expect(cache.evictable().map(\.record.key) == [1])
        working.newEvents = []
        #expect(cache.evictable().map(\.record.key) == [2])
        #expect(cache.count == 0)
    }

    @Test("go as fast as they come, however many a round brings")
    func crowd() {
        var cache = InstanceCache(capacity: 10)
        for key in 1...1000 { cache.insert(state(Int64(key))) }
        #expect(cache.evictable().count == 990)
        #expect(cache.count == 10)
    }

    @Test("are told apart by the bytes of their IDs, even where the letters look the same")
    func exactIDs() {
        var cache = InstanceCache(capacity: 10)
        cache.insert(state(1, "caf\u{E9}"))
        cache.insert(state(2, "cafe\u{301}"))
        #expect(cache.instance("caf\u{E9}")?.record.key == 1)
        #expect(cache.instance("cafe\u{301}")?.record.key == 2)
    }
}
