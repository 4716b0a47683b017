package import Foundation

/// A time of day and days as the five fields of cron: minute, hour, day of the month, month, day of the week.
///
/// A field is `*` or a list of numbers, ranges and steps: `5`, `1-5`, `*/15`, `0-30/10`, `1,15`. Months and days of the
/// week have English names of three letters, too; 0 and 7 are Sunday. If both the day of the month and the day of the
/// week are restricted, a day has to meet one of them, as in every cron. `@hourly`, `@daily`, `@weekly`, `@monthly` and
/// `@yearly` stand for the obvious fields.
package struct CronExpression: Sendable, Hashable {
    private let minutes: CronField
    private let hours: CronField
    private let days: CronField
    private let months: CronField
    private let weekdays: CronField

    /// The number of days in which the next time is looked for: 29 February comes after eight years at the latest.
    static let horizon = 366 * 9

    /// - Throws: `ScheduleProblem` that names the field.
    package init(_ text: String) throws(ScheduleProblem) {
        let (minute, hour, day, month, weekday) = try Self.fields(text)
        minutes = try CronField(minute, "minute", 0...59)
        hours = try CronField(hour, "hour", 0...23)
        days = try CronField(day, "day of the month", 1...31)
        months = try CronField(
            month, "month", 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
        weekdays = try CronField(
            weekday, "day of the week", 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    }

    private static func fields(_ text: String) throws(ScheduleProblem) -> (String, String, String, String, String) {
        let words = text.lowercased().split { $0 == " " || $0 == "\t" }.map { String($0) }
        switch words {
        case ["@hourly"]: return ("0", "*", "*", "*", "*")
        case ["@daily"], ["@midnight"]: return ("0", "0", "*", "*", "*")
        case ["@weekly"]: return ("0", "0", "*", "*", "0")
        case ["@monthly"]: return ("0", "0", "1", "*", "*")
        case ["@yearly"], ["@annually"]: return ("0", "0", "1", "1", "*")
        default:
            var rest = words[...]
            guard let minute = rest.popFirst(), let hour = rest.popFirst(), let day = rest.popFirst(),
                let month = rest.popFirst(), let weekday = rest.popFirst(), rest.isEmpty
            else {
                throw ScheduleProblem(
                    "cron: '\(text.prefix(80))' has \(words.count) fields; it has five: minute, hour, day of the month, "
                        + "month, day of the week")
            }
            return (minute, hour, day, month, weekday)
        }
    }

    /// The first time after another one; `nil` if there is none within nine years.
    ///
    /// Where clocks are put forward, a time that does not exist is taken as if they had not been: 02:30 is at 03:30.
    /// Where they are put back, a time that exists twice is taken the first time. If the hour is `*` or a step of it,
    /// times are those that a clock shows: none in the gap, and both of two.
    package func next(after time: Timestamp, in zone: TimeZone) -> Timestamp? {
        let after = time.microseconds < 0 ? (time.microseconds - 999_999) / 1_000_000 : time.microseconds / 1_000_000
        // A day earlier, because a time in a gap moves on, and may pass midnight.
        let first = Self.floor(after + Self.offset(zone, after), 86_400) - 1
        for day in first...(first + Int64(Self.horizon)) where matches(day: day) {
            if let found = earliest(on: day, after: after, zone) {
                return Timestamp(microseconds: found * 1_000_000)
            }
        }
        return nil
    }

    /// The first time on a local day that is after another one, in seconds since 1970.
    private func earliest(on day: Int64, after: Int64, _ zone: TimeZone) -> Int64? {
        let midnight = day * 86_400
        let (before, behind) = (Self.offset(zone, midnight - 54_000), Self.offset(zone, midnight + 133_200))
        var best: Int64?
        for hour in 0...23 where hours.contains(hour) {
            // Where no clock changes, the order of local times is the order of times.
            if before == behind, midnight + Int64(hour) * 3600 + 3599 - before <= after { continue }
            for minute in 0...59 where minutes.contains(minute) {
                let local = midnight + Int64(hour) * 3600 + Int64(minute) * 60
                if before == behind {
                    if local - before > after { return local - before }
                    continue
                }
                for found in times(local, before, behind, zone) where found > after { best = min(best ?? found, found) }
            }
        }
        return best
    }

    /// The times at which clocks show a local time around a change from one offset to another.
    private func times(_ local: Int64, _ before: Int64, _ behind: Int64, _ zone: TimeZone) -> [Int64] {
        let shown = [local - before, local - behind].filter { Self.offset(zone, $0) == local - $0 }.sorted()
        if hours.isEvery { return shown }
        return [shown.first ?? local - before]
    }

    private func matches(day: Int64) -> Bool {
        let (month, dayOfMonth) = Self.civil(day)
        guard months.contains(month) else { return false }
        // 1 January 1970 was a Thursday.
        let weekday = Int(Self.modulo(day + 4, 7))
        let isDay = days.contains(dayOfMonth)
        let isWeekday = weekdays.contains(weekday) || weekday == 0 && weekdays.contains(7)
        return days.isRestricted && weekdays.isRestricted ? isDay || isWeekday : isDay && isWeekday
    }

    private static func offset(_ zone: TimeZone, _ seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 { value - floor(value, divisor) * divisor }

    /// Month and day of a number of days since 1970 in the Gregorian calendar. Years begin in March here, so that the
    /// day that some have more is their last.
    private static func civil(_ day: Int64) -> (month: Int, day: Int) {
        let dayOfEra = modulo(day + 719_468, 146_097)
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (Int(month < 10 ? month + 3 : month - 9), Int(dayOfYear - (153 * month + 2) / 5 + 1))
    }
}
