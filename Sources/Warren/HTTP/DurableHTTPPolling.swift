import WarrenSupport

/// How the end of work is awaited for which a server answered 202 with a `Location`.
///
/// The orchestrator asks there with `GET` until the status is another one. Between two questions it waits on a durable
/// timer: for the answer's `Retry-After`, in seconds or as a date, or else for ``interval``.
public struct DurableHTTPPolling: Sendable, Hashable {
    /// The time between two questions, if the server names none.
    public var interval: Duration
    /// The shortest time between two questions, whatever the server says.
    public var shortest: Duration
    /// The longest time between two questions, whatever the server says.
    public var longest: Duration

    /// Intervals; the defaults are 30 seconds, at least one second and at most one day.
    public init(interval: Duration = .seconds(30), shortest: Duration = .seconds(1), longest: Duration = .days(1)) {
        self.interval = interval
        self.shortest = shortest
        self.longest = longest
    }

    /// Every 30 seconds, unless the server says otherwise.
    public static let standard = DurableHTTPPolling()

    func delay(after response: DurableHTTPResponse, now: Timestamp) -> Duration {
        let wanted = response.headers["retry-after"].flatMap { Self.retryAfter($0, now: now) } ?? interval
        return max(min(wanted, longest), shortest)
    }

    /// Reads a `Retry-After`: whole seconds, or a date like `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7); `nil` if
    /// it is neither.
    static func retryAfter(_ text: String, now: Timestamp) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
            return .seconds(Int64(text) ?? Int64(Int32.max))
        }
        var parts = text.split(separator: " ")[...]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.popFirst() != nil, let day = parts.popFirst(), let name = parts.popFirst(),
            let month = months.firstIndex(where: { $0 == name }), let year = parts.popFirst(),
            let time = parts.popFirst(), parts.elementsEqual(["GMT"])
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return ISO8601.timestamp("\(year)-\(number)-\(day)T\(time)Z")?.duration(since: now)
    }
}
