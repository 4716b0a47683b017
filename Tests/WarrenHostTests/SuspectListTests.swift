import Testing
import Warren
import WarrenStorage

@testable import WarrenHost

/// Who is to blame for a death.
@Suite("Suspects", .timeLimit(.minutes(5)))
struct SuspectListTests {
    private typealias Mark = FlightRecord.Mark
    private let now = Timestamp(microseconds: 1)

    private func die(_ list: inout SuspectList, _ subject: String, _ culprit: UInt64 = 0, alone: Bool = true) {
        _ = list.noteDeath(at: Mark(subject: subject, culprit: culprit, isAlone: alone), now: now)
    }

    @Test("one death in a crowd makes a suspect, which is then handled alone until it is cleared")
    func crowd() {
        var list = SuspectList(limit: 3)
        #expect(list.verdict(on: "a", culprit: { 7 }) == .ordinary)
        die(&list, "a", alone: false)
        #expect(list.verdict(on: "a", culprit: { 7 }) == .alone)
        #expect(list.verdict(on: "b", culprit: { 7 }) == .ordinary)
        list.clear("a")
        #expect(list.isEmpty)
        #expect(list.verdict(on: "a", culprit: { 7 }) == .ordinary)
    }

    @Test("the message is taken out at the limit, the first death being in a crowd", arguments: [2, 3, 5])
    func message(limit: Int) {
        var list = SuspectList(limit: limit)
        die(&list, "a", alone: false)
        for death in 1..<limit {
            #expect(list.verdict(on: "a", culprit: { 7 }) == .alone, "after \(death)")
            die(&list, "a", 7)
        }
        guard case .culprit(let suspect) = list.verdict(on: "a", culprit: { 7 }) else {
            Issue.record("The message was not taken out.")
            return
        }
        #expect(suspect.deaths == limit)
        #expect(suspect.firstSeen == now)
        // Another message is not blamed for it.
        #expect(list.verdict(on: "a", culprit: { 8 }) == .alone)
        // Somebody has published it again: the code may be mended, and then the suspicion ends.
        #expect(list.verdict(on: "a", isFresh: true, culprit: { 7 }) == .alone)
        list.survived("a", culprit: 7)
        #expect(list.isEmpty)
    }

    @Test("a message that comes through ends the suspicion that rests on it, and no other")
    func survival() {
        var list = SuspectList(limit: 3)
        die(&list, "a", alone: false)
        // Whatever was to blame for the first death may be yet to come.
        list.survived("a", culprit: 7)
        #expect(list.verdict(on: "a", culprit: { 7 }) == .alone)
        die(&list, "a", 8)
        list.survived("a", culprit: 7)
        #expect(list.verdict(on: "a", culprit: { 7 }) == .alone)
        list.survived("a", culprit: 8)
        #expect(list.isEmpty)
    }

    @Test("deaths in crowds alone prove nothing")
    func onlyCrowds() {
        var list = SuspectList(limit: 3)
        for _ in 0..<5 { die(&list, "a", alone: false) }
        #expect(list.verdict(on: "a", culprit: { 7 }) == .alone)
    }

    @Test("an instance that dies over whatever comes is taken out at twice the limit")
    func instance() {
        var list = SuspectList(limit: 2)
        for culprit in UInt64(1)...4 {
            if case .instance = list.verdict(on: "a", culprit: { culprit }) { Issue.record("Too early: \(culprit)") }
            die(&list, "a", culprit)
        }
        guard case .instance = list.verdict(on: "a", culprit: { 99 }) else {
            Issue.record("The instance was not taken out.")
            return
        }
    }

    @Test("there is a bound on suspects, and the oldest suspicion goes first")
    func bound() {
        var list = SuspectList(limit: 2)
        for number in 0...FlightRecord.maximumSuspects { die(&list, "s\(number)") }
        #expect(list.suspects.count == FlightRecord.maximumSuspects)
        #expect(list.verdict(on: "s0", culprit: { 0 }) == .ordinary)
        #expect(list.verdict(on: "s1", culprit: { 0 }) == .alone)
    }
}
