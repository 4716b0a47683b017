/// Writes and reads times as text: `2026-03-01T12:00:00.25Z`. Written in UTC with as many digits as needed, read with
/// any offset.
///
/// Years beyond 0000 to 9999 are written as ISO 8601 extends them, with a sign: `+12026-03-01T12:00:00Z`, `-0044-…`.
package enum ISO8601 {
    /// The text of a time with a fixed number of digits of fraction, 1 to 7, or as many as needed.
    ///
    /// - Parameter microseconds: since 1970, in UTC.
    package static func text(microseconds: Int64, fractionDigits: Int? = nil) -> String {
        let (seconds, micros) = floorDivide(microseconds, 1_000_000)
        let (days, second) = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(days)
        var text = "\(year > 9999 ? "+" : "")\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
        text += "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if let fractionDigits {
            text += "." + (pad(micros, 6) + "0").prefix(fractionDigits)
        } else if micros != 0 {
            var fraction = pad(micros, 6)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return text + "Z"
    }

    /// The text of a time, rounded down to the second.
    ///
    /// - Parameter microseconds: since 1970, in UTC.
    package static func text(secondOf microseconds: Int64) -> String {
        text(microseconds: microseconds &- floorDivide(microseconds, 1_000_000).1)
    }

    /// Parses a time, in microseconds since 1970; `nil` if the text is not `[±]YYYY-MM-DDThh:mm:ss[.f…](Z|±hh:mm)`, or
    /// the number is beyond 64 bits. A year may have up to six digits.
    package static func microseconds(_ text: String) -> Int64? {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard let year = scanner.year(), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2), scanner.take(":"),
            let second = scanner.number(2), (1...12).contains(month),
            (1...days(in: month, of: year)).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var micros: Int64 = 0
        if scanner.take(".") {
            guard let fraction = scanner.fraction() else { return nil }
            micros = fraction
        }
        var offset: Int64 = 0
        if !(scanner.take("Z") || scanner.take("z")) {
            let isWest = scanner.take("-")
            guard isWest || scanner.take("+"), let hours = scanner.number(2), scanner.take(":"),
                let minutes = scanner.number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        }
        guard scanner.rest.isEmpty else { return nil }
        let seconds = dayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        // Rounded down to a second the earliest time would be out of range, so the fraction counts from the second
        // after.
        return seconds < 0 && micros > 0 ? exact(seconds + 1, micros - 1_000_000) : exact(seconds, micros)
    }

    private static func exact(_ seconds: Int64, _ micros: Int64) -> Int64? {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflow2) = scaled.addingReportingOverflow(micros)
        return overflow || overflow2 ? nil : sum
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// Reads a year of four digits; with a sign, or without one as earlier versions wrote it, up to six.
        mutating func year() -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            let digits = rest.prefix { $0 &- 0x30 < 10 }.count
            guard (4...6).contains(digits), let year = number(digits) else { return nil }
            return isNegative ? -year : year
        }

        mutating func number(_ digits: Int) -> Int64? {
            guard rest.count >= digits, rest.prefix(digits).allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
            defer { rest = rest.dropFirst(digits) }
            return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
        }

        /// Reads microseconds; further digits are dropped.
        mutating func fraction() -> Int64? {
            let digits = rest.prefix { $0 &- 0x30 < 10 }
            guard (1...12).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let kept = digits.prefix(6)
            let value = kept.reduce(Int64(0)) { $0 * 10 + Int64($1 &- 0x30) }
            return (kept.count..<6).reduce(value) { value, _ in value * 10 }
        }
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
        return number < 0 ? "-" + padded : padded
    }

    private static func floorDivide(_ number: Int64, _ by: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: by)
        return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date in the Gregorian calendar. Years begin in March here, so that the leap day comes last.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(year, 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
