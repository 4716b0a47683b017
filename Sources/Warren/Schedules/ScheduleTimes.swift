import Foundation

/// The times at which a schedule is due, without its start and end.
struct ScheduleTimes {
    private enum Kind {
        case interval(Int64)
        case cron(CronExpression, TimeZone)
    }
    private let kind: Kind

    init(_ timing: Schedule.Timing) throws(ScheduleProblem) {
        switch timing {
        case .every(let interval):
            guard interval >= .seconds(1), interval <= .days(3660) else {
                throw ScheduleProblem("every is \(interval); it must be from one second to ten years")
            }
            kind = .interval(interval.wholeMicroseconds)
        case .cron(let text, let name):
            guard let zone = TimeZone(identifier: name) else {
                throw ScheduleProblem(
                    "timeZone: '\(name.prefix(60))' is no time zone; write a name of the IANA, such as Europe/Berlin")
            }
            kind = .cron(try CronExpression(text), zone)
        }
    }

    /// The first time after another one.
    ///
    /// - Parameter anchor: the time from which intervals count.
    func next(after time: Timestamp, anchor: Timestamp) -> Timestamp? {
        switch kind {
        case .cron(let cron, let zone): return cron.next(after: time, in: zone)
        case .interval(let interval):
            if time < anchor { return anchor }
            let (passed, tooFar) = time.microseconds.subtractingReportingOverflow(anchor.microseconds)
            guard !tooFar else { return nil }
            let (next, overflow) = (passed / interval + 1).multipliedReportingOverflow(by: interval)
            let (sum, isBeyond) = anchor.microseconds.addingReportingOverflow(next)
            return overflow || isBeyond ? nil : Timestamp(microseconds: sum)
        }
    }
}

extension Schedule {
    func times() throws(ScheduleProblem) -> ScheduleTimes {
        let times = try ScheduleTimes(timing)
        if case .cron(let text, _) = timing,
            times.next(after: Timestamp(microseconds: 0), anchor: .init(microseconds: 0)) == nil
        {
            throw ScheduleProblem("cron: '\(text)' is never due: no month has such a day")
        }
        return times
    }

    /// The first due time after another one; `nil` if there is none, or it is after the schedule's end.
    package func next(after time: Timestamp, createdAt: Timestamp) throws(ScheduleProblem) -> Timestamp? {
        let start = start.map { Timestamp($0) }
        var after = time
        // An interval without a start is due for the first time when it has passed once.
        if let start {
            after = max(after, start.moved(backBy: .microseconds(1)))
        } else if case .every = timing {
            after = max(after, createdAt)
        }
        let next = try times().next(after: after, anchor: start ?? createdAt)
        if let next, let end, next > Timestamp(end) { return nil }
        return next
    }

    /// The last due times from one that is due until now, in their order.
    ///
    /// It looks back from now in ever longer steps, so that years of missed minutes cost no more than an hour of them.
    func latest(
        _ count: Int, from first: Timestamp, through now: Timestamp, createdAt: Timestamp
    ) throws(ScheduleProblem) -> [Timestamp] {
        var span = Duration.hours(1)
        while true {
            let begin = max(first, now.moved(backBy: span))
            var found: [Timestamp] = []
            var time = begin.moved(backBy: .microseconds(1))
            while let next = try next(after: time, createdAt: createdAt), next <= now {
                found.append(next)
                if found.count > 2 * count { found.removeFirst(count) }
                time = next
            }
            if found.count >= count || begin == first { return Array(found.suffix(count)) }
            span = span * 8
        }
    }
}
