import Testing

@testable import WarrenHost

@Suite("The places of a worker", .timeLimit(.minutes(5)))
struct ActivitySlotsTests {
    @Test("Who waits is turned away when the last place comes under a lease, and let in while one is in sight")
    func turningAway() async {
        let slots = ActivitySlots(2)
        #expect(await slots.enter())
        #expect(await slots.enter())
        slots.lease()
        #expect(slots.unleased == 1)
        async let first = slots.enter()
        slots.leave(wasLeased: false)
        #expect(await first)
        async let second = slots.enter()
        slots.lease()
        #expect(await !second)
        #expect(await !slots.enter())
        #expect(slots.unleased == 0)
        async let end: Void = slots.close()
        slots.leave(wasLeased: true)
        slots.leave(wasLeased: true)
        await end
        #expect(slots.unleased == 2)
    }

    @Test("The line of the process's own work stands in the queue like others, and is turned away like others")
    func line() async {
        let slots = ActivitySlots(2)
        let answers = Happenings<Bool>()
        func enter() -> ActivitySlots.Entry { slots.enter { answers.add($0) } }
        #expect(enter() == .entered)
        #expect(slots.tryEnter(most: 5) == 1)
        #expect(slots.tryEnter(most: 5) == 0)
        #expect(enter() == .waits)
        slots.leave(wasLeased: false)
        #expect(answers.all == [true])
        #expect(slots.places.used == 2)
        slots.lease()
        #expect(enter() == .waits)
        #expect(answers.all == [true])
        slots.lease()
        #expect(answers.all == [true, false])
        #expect(enter() == .hopeless)
        slots.leave(wasLeased: true)
        #expect(enter() == .entered)
        #expect(answers.all == [true, false])
    }

    @Test(
        "The prefetch follows the places that are left, by halves, down to nothing and up to all",
        arguments: [
            (8, 8, 8), (8, 7, 8), (8, 5, 8), (8, 4, 4), (4, 7, 4), (4, 8, 8), (4, 3, 4), (4, 2, 2), (2, 1, 1),
            (1, 0, 0), (8, 0, 0), (0, 1, 1), (0, 3, 3), (1, 2, 2), (1, 9, 8), (4, -1, 0),
        ])
    func prefetch(current: Int, unleased: Int, expected: Int) {
        #expect(WorkQueue.prefetch(after: current, unleased: unleased, most: 8) == expected)
    }
}
