import Testing

@testable import WarrenMessaging

/// What the rules are for: an input counts once, and nothing counts behind a gap, whatever the broker and hosts do.
@Suite(.timeLimit(.minutes(5))) struct JournalWorldTests {
    @Test func `hosts that compete through a faulty log let every input count at most once`() {
        var done = 0
        for seed in 0..<2000 as Range<UInt64> {
            var world = JournalWorld(seed: seed)
            world.run(steps: 300)
            #expect(world.broken == nil, "seed \(seed)")
            done += world.done
        }
        // They get on with it all the same.
        #expect(done > 2000)
    }

    @Test(arguments: [
        NaiveFold.Bug.anyClaim, .behindGap, .repetition, .lateClaim, .sameClaimAgain,
    ])
    func `a planted mistake of the fold breaks a promise`(bug: NaiveFold.Bug) {
        let found = (0..<3000 as Range<UInt64>).first { seed in
            var world = JournalWorld(seed: seed, bug: bug)
            world.run(steps: 300)
            return world.broken != nil
        }
        #expect(found != nil)
    }

    @Test(arguments: JournalWorld.Mistake.allCases)
    func `a planted mistake of a host breaks a promise`(mistake: JournalWorld.Mistake) {
        let found = (0..<3000 as Range<UInt64>).first { seed in
            var world = JournalWorld(seed: seed, mistake: mistake)
            world.run(steps: 300)
            return world.broken != nil
        }
        #expect(found != nil)
    }
}
