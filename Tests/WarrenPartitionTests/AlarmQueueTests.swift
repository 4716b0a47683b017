import Testing
import Warren
import WarrenPartition

@Suite("Alarms of a partition", .timeLimit(.minutes(5)))
struct AlarmQueueTests {
    private func timer(_ id: Int) -> AlarmQueue.Subject {
        .timer(TimerRow.Key(instance: 1, generation: 0, id: id))
    }

    @Test("ring in the order of their times, and in the order of setting at equal times")
    func order() {
        var queue = AlarmQueue()
        queue.set(timer(1), at: Timestamp(microseconds: 30))
        queue.set(timer(2), at: Timestamp(microseconds: 10))
        queue.set(timer(3), at: Timestamp(microseconds: 10))
        #expect(queue.next == Timestamp(microseconds: 10))
        #expect(queue.popDue(Timestamp(microseconds: 9)) == nil)
        #expect(queue.popDue(Timestamp(microseconds: 10)) == timer(2))
        #expect(queue.popDue(Timestamp(microseconds: 10)) == timer(3))
        #expect(queue.popDue(Timestamp(microseconds: 10)) == nil)
        #expect(queue.next == Timestamp(microseconds: 30))
    }

    @Test("ring at the time that they were moved to, and only once")
    func moved() {
        var queue = AlarmQueue()
        queue.set(timer(1), at: Timestamp(microseconds: 10))
        queue.set(timer(1), at: Timestamp(microseconds: 20))
        #expect(queue.popDue(Timestamp(microseconds: 15)) == nil)
        #expect(queue.popDue(Timestamp(microseconds: 20)) == timer(1))
        #expect(queue.popDue(Timestamp(microseconds: 99)) == nil)
        #expect(queue.count == 0)
    }

    @Test("stay bounded by what is live when long timers are set and cancelled for ever")
    func cancelled() {
        var queue = AlarmQueue()
        for id in 0..<100_000 {
            queue.set(timer(id), at: Timestamp(microseconds: 1_000_000 + Int64(id)))
            if id > 0 { queue.remove(timer(id - 1)) }
        }
        #expect(queue.count == 1)
        #expect(queue.size < 200)
        #expect(queue.popDue(Timestamp(microseconds: .max)) == timer(99_999))
    }

    @Test("stay bounded by what is live when one is moved for ever")
    func movedForEver() {
        var queue = AlarmQueue()
        for time in 1...100_000 { queue.set(timer(1), at: Timestamp(microseconds: Int64(time))) }
        #expect(queue.count == 1)
        #expect(queue.size < 200)
        #expect(queue.popDue(Timestamp(microseconds: .max)) == timer(1))
        #expect(queue.popDue(Timestamp(microseconds: .max)) == nil)
    }
}
