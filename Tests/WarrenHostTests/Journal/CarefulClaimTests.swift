import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

@Suite("Journal: hosts that die one after the other", .timeLimit(.minutes(1)))
struct CarefulClaimTests {
    private static let trial = JournalTrial(subject: "order 7", culprit: 11)

    /// Claims the partition from a host that is gone, so long after the claim before.
    private func take(_ bench: JournalBench, _ host: String, after pause: Duration) async throws -> JournaledStore {
        let store = try await bench.open(host)
        bench.clock.jump(to: bench.clock.now.advanced(by: pause))
        try await store.begin()
        return store
    }

    @Test("After two hasty claims in a row the next one is careful, whatever was committed; after a calm one it is not")
    func hasty() async throws {
        try await JournalBench.run { bench in
            var careful: [Bool] = []
            for (number, pause) in [0, 1, 1, 1, 61, 1, 1].enumerated() {
                let store = try await take(bench, "host-\(number)", after: .seconds(pause))
                careful.append(store.isCareful)
                try await store.commit(JournalBench.commit(Int64(number) + 1...Int64(number) + 1))
                store.close()
            }
            #expect(careful == [false, false, true, true, false, false, true])
        }
    }

    @Test("A partition that was released is not taken for one that was lost")
    func released() async throws {
        try await JournalBench.run { bench in
            for number in 0..<4 {
                let store = try await take(bench, "host-\(number)", after: .seconds(1))
                #expect(!store.isCareful)
                store.release(to: "")
                await store.finish()
                store.close()
            }
        }
    }

    @Test("A trial that another host's claim follows is a death, which every host knows, also one without files")
    func deaths() async throws {
        try await JournalBench.run { bench in
            for number in 0..<3 {
                let store = try await take(bench, "host-\(number)", after: .seconds(1))
                #expect(store.trialDeaths == (number == 0 ? [:] : [Self.trial: number]))
                _ = try await store.beginTrial(Self.trial)
                store.close()
            }
            let survivor = try await take(bench, "survivor", after: .seconds(1))
            #expect(survivor.trialDeaths == [Self.trial: 3])
            _ = try await survivor.beginTrial(Self.trial)
            survivor.endTrial(Self.trial)
            try await survivor.commit(JournalBench.commit(1...1))
            survivor.close()
            let last = try await take(bench, "last", after: .seconds(1))
            #expect(last.trialDeaths == [:])
            last.close()
        }
    }

    @Test(
        "A trial that was broken off, survived or noted under another claim is no death; a renewed claim is none either"
    )
    func noDeaths() {
        let (a, b) = (JournalClaim(host: "a", version: "1"), JournalClaim(host: "b", version: "1"))
        func note(_ note: JournalTrials.Note, under claim: UInt64 = 5) -> [UInt8] {
            JournalTrials.bytes(note, Self.trial, under: claim)
        }
        var trials = JournalTrials()
        trials.note(a)
        trials.note(note(.trial), under: 5)
        trials.note(note(.left), under: 5)
        trials.note(b)
        trials.note(note(.trial), under: 5)
        trials.note(note(.survived), under: 5)
        trials.note(a)
        trials.note(note(.trial, under: 4), under: 5)
        trials.note(b)
        trials.note(note(.trial), under: 5)
        trials.note(b)
        #expect(trials.deaths == [:])
        trials.note(a)
        #expect(trials.deaths == [Self.trial: 1])
    }

    @Test("Bytes of strangers are no notes, and what is remembered is bounded")
    func strange() {
        var trials = JournalTrials()
        for text in ["", "trial", "trial 5", "trial 5 x order", "t 5 1 order", "trial -5 1 order", "survived 5"] {
            trials.note(Array(text.utf8), under: 5)
        }
        trials.note([0xff, 0xfe], under: 5)
        trials.note(Array("trial 5 1 \(String(repeating: "x", count: 5000))".utf8), under: 5)
        trials.note(JournalClaim(host: "a", version: "1"))
        #expect(trials.deaths == [:])
        for number in 0..<1000 {
            let trial = JournalTrial(subject: "s\(number)", culprit: 1)
            trials.note(JournalTrials.bytes(.trial, trial, under: 5), under: 5)
            trials.note(JournalClaim(host: "h\(number)", version: "1"))
        }
        #expect(trials.deaths.count <= 64 && trials.deaths[JournalTrial(subject: "s999", culprit: 1)] == 1)
    }
}
