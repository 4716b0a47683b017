import Warren
import WarrenStorage

/// Decides what is poison: which message or instance made processes die.
///
/// A process that dies while it handles many messages and instances in one round leaves the name of the subject that
/// ran just then. From then on that subject is *suspected* and gets only one message at a time, while nothing else in
/// the process runs. Only a subject over which processes died repeatedly, alone, leads to a removal:
///
/// - of the message, when the last deaths were all over the same one;
/// - of the instance, when twice as many processes died over it, whatever was tried.
///
/// A suspicion ends when the message that it rests on is processed, or when a process has lived for a while: a lethal
/// cause (a message that is delivered again, a timer that is overdue) acts soon after the start.
struct SuspectList {
    /// The decision on a subject and the work for it.
    enum Verdict: Hashable {
        /// The subject is not under suspicion.
        case ordinary
        /// The work is to run alone.
        case alone
        /// The work is to be removed.
        case culprit(FlightRecord.Suspect)
        /// The instance itself is to be removed.
        case instance(FlightRecord.Suspect)
    }

    private(set) var suspects: [FlightRecord.Suspect]
    /// The number of deaths that are proof, at least 2: a single one may be a neighbour's.
    private let limit: Int

    init(_ suspects: [FlightRecord.Suspect] = [], limit: Int) {
        self.suspects = suspects
        self.limit = max(2, limit)
    }

    var isEmpty: Bool { suspects.isEmpty }

    /// Notes that a process died at this mark.
    mutating func noteDeath(at mark: FlightRecord.Mark, now: Timestamp) -> FlightRecord.Suspect {
        var suspect =
            remove(mark.subject) ?? FlightRecord.Suspect(subject: mark.subject, deaths: 0, firstSeen: now)
        suspect.deaths += 1
        if mark.isAlone {
            suspect.culpritDeaths = suspect.culprit == mark.culprit ? suspect.culpritDeaths + 1 : 1
            suspect.culprit = mark.culprit
        }
        add(suspect)
        return suspect
    }

    /// Notes that a process died while this operation of an entity was the only one that ran.
    ///
    /// - Parameter isAmongOthers: whether partitions were at work just then, one of which may be the cause.
    mutating func noteDeath(
        ofOperation mark: FlightRecord.Mark, isAmongOthers: Bool, now: Timestamp
    ) -> FlightRecord.Suspect {
        let known = remove(mark.subject).flatMap { $0.culprit == mark.culprit ? $0 : nil }
        var suspect =
            known
            ?? FlightRecord.Suspect(subject: mark.subject, deaths: 0, culprit: mark.culprit, firstSeen: now)
        suspect.deaths += 1
        if !isAmongOthers { suspect.culpritDeaths += 1 }
        add(suspect)
        return suspect
    }

    /// Decides what to do with an operation of an entity.
    ///
    /// It is proven to kill when it has died often enough with nothing else at work, but for one time; or four times as often in
    /// any case: other work that was the cause would have been taken out before, and an operation that ends once is free of
    /// suspicion.
    func verdict(onOperation subject: String, culprit: UInt64) -> Verdict {
        guard let suspect = suspect(subject) else { return .ordinary }
        guard suspect.culprit == culprit else { return .alone }
        let isProven = suspect.deaths >= limit && suspect.culpritDeaths >= limit - 1
        return isProven || suspect.deaths >= 4 * limit ? .culprit(suspect) : .alone
    }

    /// Notes that an operation of an entity ended without a death.
    mutating func survived(operation subject: String, culprit: UInt64) {
        if suspect(subject)?.culprit == culprit { clear(subject) }
    }

    /// Notes how many processes died over this work alone, on other hosts or on this one.
    mutating func noteDeaths(_ count: Int, over subject: String, _ culprit: UInt64, now: Timestamp) {
        var suspect = remove(subject) ?? FlightRecord.Suspect(subject: subject, deaths: 0, firstSeen: now)
        suspect.deaths = max(suspect.deaths, count)
        suspect.culpritDeaths = suspect.culprit == culprit ? max(suspect.culpritDeaths, count) : count
        suspect.culprit = culprit
        add(suspect)
    }

    /// Notes that a store refused what this work led to while it was done alone. A store does so every time, so that two
    /// refusals are proof.
    mutating func noteRefusal(of subject: String, culprit: UInt64, now: Timestamp) {
        let mark = FlightRecord.Mark(subject: subject, culprit: culprit, isAlone: true)
        let suspect = noteDeath(at: mark, now: now)
        if suspect.culpritDeaths > 1 { noteDeaths(limit, over: subject, culprit, now: now) }
    }

    /// Decides what to do with work for a subject.
    ///
    /// A message that was removed stays known, because it is delivered again if its acknowledgement is lost with a
    /// process. A message that is published again, once the code is repaired, is distinguished by the broker: it was
    /// never delivered before.
    ///
    /// - Parameters:
    ///   - isFresh: whether no process can have died over it.
    ///   - culprit: returns the hash of the message, timer or lease, not 0; called when there is a suspicion.
    func verdict(on subject: String, isFresh: Bool = false, culprit: () -> UInt64) -> Verdict {
        guard let suspect = suspect(subject) else { return .ordinary }
        let culprit = culprit()
        if suspect.deaths >= 2 * limit { return .instance(suspect) }
        // The first death may have been in a crowd, when it was not known which message it was.
        if !isFresh, suspect.deaths >= limit, suspect.culprit == culprit, suspect.culpritDeaths >= limit - 1 {
            return .culprit(suspect)
        }
        return .alone
    }

    /// Notes that the subject survived this message.
    mutating func survived(_ subject: String, culprit: UInt64) {
        guard let suspect = suspect(subject) else { return }
        // Otherwise another message may have been to blame, which has yet to arrive.
        if suspect.culpritDeaths > 0, suspect.culprit == culprit { clear(subject) }
    }

    /// Ends the suspicion of a subject that is gone.
    mutating func clear(_ subject: String) {
        _ = remove(subject)
    }

    mutating func clear(_ isMeant: (String) -> Bool) {
        suspects.removeAll { isMeant($0.subject) }
    }

    private func suspect(_ subject: String) -> FlightRecord.Suspect? {
        suspects.first { $0.subject.isExactly(subject) }
    }

    /// The newest is first: when there is no room, the oldest suspicion is dropped.
    private mutating func add(_ suspect: FlightRecord.Suspect) {
        suspects.insert(suspect, at: 0)
        if suspects.count > FlightRecord.maximumSuspects { suspects.removeLast() }
    }

    private mutating func remove(_ subject: String) -> FlightRecord.Suspect? {
        suspects.firstIndex { $0.subject.isExactly(subject) }.map { suspects.remove(at: $0) }
    }
}
