#if HTTP
import Synchronization
import Warren
import WarrenSupport

/// Writes the header `Date`, once for each second (RFC 9110, section 5.6.7).
final class HTTPDate: Sendable {
    private struct State {
        var second: Int64 = .min
        var text = ""
    }

    private let state = Mutex(State())

    /// The text of a time, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    func text(_ time: Timestamp) -> String {
        let second = time.microseconds / 1_000_000
        return state.withLock { state in
            if state.second != second {
                state.second = second
                state.text = Self.text(second)
            }
            return state.text
        }
    }

    /// - Parameter second: since 1970, in UTC.
    private static func text(_ second: Int64) -> String {
        // 1970 began with a Thursday.
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // 2026-11-01T12:00:00Z
        let parts = ISO8601.text(microseconds: second * 1_000_000).split { "-TZ".contains($0) }
        let weekday = Int(((second / 86_400) % 7 + 7) % 7)
        // trap: never, there are four parts and seven days, and the number of the month is looked at
        guard parts.count == 4, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
        return "\(days[weekday]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}
#endif
