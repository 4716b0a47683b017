import Warren
import WarrenStorage

/// Decides what is poison: whose fault it was that processes died.
///
/// A process that dies in a crowd, many messages and instances in one round, leaves the name of what ran just then. From
/// then on that subject is *suspected* and meets nothing but one message at a time, while nothing else in the process
/// runs. Only what processes died over again and again, alone, is taken out:
///
/// - the message, when the last deaths were all over the same one;
/// - the instance, when twice as many died over it, whatever was tried.
///
/// A suspicion ends when the message that it rests on comes through, or when a process has lived for a while: what kills
/// it (a message that comes back, a timer that is overdue) comes soon after its start.
struct SuspectList {
    /// What to do with a subject and what came for it.
    enum Verdict: Hashable {
        /// Nothing is known against it.
        case ordinary
        /// Let it run alone.
        case alone
        /// Take out what came.
        case culprit(FlightRecord.Suspect)
        /// Take out the instance itself.
        case instance(FlightRecord.Suspect)
    }

    private(set) var suspects: [FlightRecord.Suspect]
    /// How many deaths are proof, at least 2: one may be a neighbour's.
    private let limit: Int

    init(_ suspects: [FlightRecord.Suspect] = [], limit: Int) {
        self.suspects = suspects
        self.limit = max(2, limit)
    }

    var isEmpty: Bool { suspects.isEmpty }

    /// A process died at this mark.
    mutating func noteDeath(at mark: FlightRecord.Mark, now: Timestamp) -> FlightRecord.Suspect {
        var suspect =
            remove(mark.subject) ?? FlightRecord.Suspect(subject: mark.subject, deaths: 0, firstSeen: now)
        suspect.deaths += 1
        if mark.isAlone {
            suspect.culpritDeaths = suspect.culprit == mark.culprit ? suspect.culpritDeaths + 1 : 1
            suspect.culprit = mark.culprit
        }
        // The newest first: when there is no room, the oldest suspicion is dropped.
        suspects.insert(suspect, at: 0)
        if suspects.count > FlightRecord.maximumSuspects { suspects.removeLast() }
        return suspect
    }

    /// What to do when something comes for a subject.
    ///
    /// A message that was taken out stays known, because it comes again if its acknowledgement is lost with a process.
    /// Somebody who publishes it again, once the code is mended, is told apart by the broker: that one was never
    /// delivered before.
    ///
    /// - Parameters:
    ///   - isFresh: whether no process can have died over it.
    ///   - culprit: the hash of the message, timer or lease, not 0; asked for when there is a suspicion.
    func verdict(on subject: String, isFresh: Bool = false, culprit: () -> UInt64) -> Verdict {
        guard let suspect = suspects.first(where: { $0.subject.isExactly(subject) }) else { return .ordinary }
        let culprit = culprit()
        if suspect.deaths >= 2 * limit { return .instance(suspect) }
        // The first death may have been in a crowd, where nobody saw which message it was.
        if !isFresh, suspect.deaths >= limit, suspect.culprit == culprit, suspect.culpritDeaths >= limit - 1 {
            return .culprit(suspect)
        }
        return .alone
    }

    /// The subject came through with this message.
    mutating func survived(_ subject: String, culprit: UInt64) {
        guard let suspect = suspects.first(where: { $0.subject.isExactly(subject) }) else { return }
        // Otherwise another message may have been to blame, which has yet to come.
        if suspect.culpritDeaths > 0, suspect.culprit == culprit { clear(subject) }
    }

    /// The subject is gone.
    mutating func clear(_ subject: String) {
        _ = remove(subject)
    }

    mutating func clearAll() {
        suspects = []
    }

    private mutating func remove(_ subject: String) -> FlightRecord.Suspect? {
        suspects.firstIndex { $0.subject.isExactly(subject) }.map { suspects.remove(at: $0) }
    }
}
