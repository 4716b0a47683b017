import Testing
import Warren
import WarrenMessaging

@testable import WarrenPartition

/// The order in which calls get permits, and the times at which a rate lets them begin.
@Suite("Fair queue and rates", .timeLimit(.minutes(5)))
struct FairQueueTests {
    private static func call(_ id: Int64, _ key: String = "", priority: Int = 4) -> PermitCall {
        PermitCall(
            id: id, activity: "Act",
            token: TaskToken(partition: 0, instanceID: "i\(id)", executionID: "e\(id)", taskID: 0), priority: priority,
            fairnessKey: key, since: Timestamp(microseconds: id))
    }

    /// The keys in the order in which they get `most` permits; each permit is given back at once.
    private static func keys(_ queue: inout FairQueue, _ most: Int = .max) -> [String] {
        var found: [String] = []
        while found.count < most, let call = queue.next() { found.append(call.fairnessKey) }
        return found
    }

    @Test("Keys take turns, however many calls one of them has; a key's own calls keep their order")
    func turns() {
        var queue = FairQueue()
        for id in 0..<1000 { queue.insert(Self.call(Int64(id), "large")) }
        for id in 1000..<1003 { queue.insert(Self.call(Int64(id), "small")) }
        #expect(Self.keys(&queue, 7) == ["large", "small", "large", "small", "large", "small", "large"])
        #expect(queue.next()?.id == 4)
        #expect(queue.count == 995)
    }

    @Test("A key that comes back begins at the present turn: nobody saves turns up, or loses one")
    func comingBack() {
        var queue = FairQueue()
        for id in 0..<100 { queue.insert(Self.call(Int64(id), "large")) }
        #expect(Self.keys(&queue, 50).allSatisfy { $0 == "large" })
        for id in 100..<110 { queue.insert(Self.call(Int64(id), "late")) }
        #expect(Self.keys(&queue, 10).filter { $0 == "late" }.count == 5)
        // One that asks again as soon as it has its permit gets every other one.
        var found = 0
        for id in 200..<220 {
            queue.insert(Self.call(Int64(id), "busy"))
            let taken = queue.next()?.fairnessKey
            if taken == "busy" { found += 1 }
        }
        #expect((5...8).contains(found), "of 20 permits for three keys, busy had \(found)")
    }

    @Test("The key with the fewest permits goes first")
    func running() {
        var queue = FairQueue()
        for id in 0..<10 { queue.insert(Self.call(Int64(id), id.isMultiple(of: 2) ? "a" : "b")) }
        queue.count(3, of: "a")
        #expect(Self.keys(&queue, 3) == ["b", "b", "b"])
        queue.count(-3, of: "a")
        #expect(Self.keys(&queue, 3) == ["a", "a", "a"])
    }

    @Test("A higher priority goes first, and the call that has waited longest when it is its turn")
    func priorities() {
        var queue = FairQueue()
        queue.insert(Self.call(1, "a", priority: 0))
        queue.insert(Self.call(2, "a", priority: 9))
        queue.insert(Self.call(3, "b", priority: 4))
        #expect(queue.oldest?.id == 1)
        #expect(queue.next()?.id == 2)
        #expect(queue.next(isPatienceOver: true)?.id == 1)
        #expect(queue.next()?.id == 3)
        #expect(queue.next() == nil && queue.oldest == nil)
    }

    @Test("Calls that are gone are skipped, and take no place")
    func removal() {
        var queue = FairQueue()
        for id in 0..<500 { queue.insert(Self.call(Int64(id), "k\(id % 7)", priority: id % 3)) }
        for id in 0..<500 where id % 5 != 0 { #expect(queue.remove(Int64(id)) != nil) }
        #expect(queue.remove(3) == nil)
        #expect(queue.count == 100 && queue.oldest?.id == 0)
        var left: Set<Int64> = []
        while let call = queue.next() { left.insert(call.id) }
        let expected = Set(stride(from: Int64(0), to: 500, by: 5))
        #expect(left == expected)
    }

    @Test("Whatever happens, every call is given once, no key waits for more than its share", arguments: 0..<20)
    func anything(seed: Int) {
        var random = Entropy(seed: (UInt64(seed) &* 7919 | 1, 2, 3, 4))
        var queue = FairQueue()
        var waiting: [Int64: PermitCall] = [:]
        var inFlight: [PermitCall] = []
        var last: Int64 = 0
        for _ in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                last += 1
                let call = Self.call(last, "k\(Int.random(in: 0..<5, using: &random))", priority: Int(last % 3))
                waiting[last] = call
                queue.insert(call)
            case 4..<7:
                let isOldest = Int.random(in: 0..<5, using: &random) == 0
                guard let call = queue.next(isPatienceOver: isOldest) else {
                    #expect(waiting.isEmpty)
                    continue
                }
                #expect(waiting.removeValue(forKey: call.id) == call)
                if isOldest {
                    #expect(waiting.keys.allSatisfy { $0 > call.id })
                } else {
                    #expect(waiting.values.allSatisfy { $0.priority <= call.priority })
                    func running(_ key: String) -> Int { inFlight.filter { $0.fairnessKey == key }.count }
                    let rivals = waiting.values.filter { $0.priority == call.priority }
                    #expect(rivals.allSatisfy { running($0.fairnessKey) >= running(call.fairnessKey) })
                    #expect(rivals.allSatisfy { $0.fairnessKey != call.fairnessKey || $0.id > call.id })
                }
                inFlight.append(call)
                queue.count(1, of: call.fairnessKey)
            case 7..<9:
                guard !inFlight.isEmpty else { continue }
                let call = inFlight.remove(at: Int.random(in: 0..<inFlight.count, using: &random))
                queue.count(-1, of: call.fairnessKey)
            default:
                guard let id = waiting.keys.sorted().randomElement(using: &random) else { continue }
                #expect(queue.remove(id) == waiting.removeValue(forKey: id))
            }
            #expect(queue.count == waiting.count)
            #expect(queue.oldest?.id == waiting.keys.min())
        }
    }

    // MARK: - Rates

    private static let start = Timestamp(microseconds: 1_000_000_000)

    @Test("A rate lets a burst begin together, and the rest at even distances")
    func rate() {
        let rate = RateLimit(10, per: .seconds(1), burst: 3)
        var bucket = RateBucket()
        var now = Self.start
        var begun: [Int64] = []
        for _ in 0..<6 {
            now = bucket.next(rate, now: now)
            bucket.take(rate, now: now)
            begun.append(now.microseconds - Self.start.microseconds)
        }
        #expect(begun == [0, 0, 0, 100_000, 200_000, 300_000])
        // After a pause the burst is back, and no more than that.
        now = now.advanced(by: .seconds(60))
        for _ in 0..<3 {
            #expect(bucket.next(rate, now: now) == now)
            bucket.take(rate, now: now)
        }
        #expect(bucket.next(rate, now: now) == now.advanced(by: .milliseconds(100)))
    }

    @Test("A restart continues the rate; a clock that was put back, or a rate that was raised, does not stop it")
    func restart() {
        let slow = RateLimit(1, per: .seconds(3600))
        var bucket = RateBucket()
        bucket.take(slow, now: Self.start)
        #expect(
            RateBucket(paidUntil: bucket.paidUntil).next(slow, now: Self.start)
                == Self.start.advanced(by: .seconds(3600)))
        let fast = RateLimit(10, per: .seconds(1), burst: 2)
        #expect(bucket.next(fast, now: Self.start) <= Self.start.advanced(by: .milliseconds(100)))
        let back = Self.start.advanced(by: .seconds(-86_400))
        #expect(bucket.next(fast, now: back) <= back.advanced(by: .milliseconds(100)))
    }
}
