package import Warren

/// Decides when calls may begin, so that there are no more of them than a rate allows. Pure.
///
/// One time says all: each beginning is paid with the interval between two of them, and `paidUntil` is when everything
/// so far is paid. A burst may be ahead of that by its size. (It is the "generic cell rate algorithm".)
package struct RateBucket: Sendable, Hashable {
    package private(set) var paidUntil: Timestamp?

    package init(paidUntil: Timestamp? = nil) {
        self.paidUntil = paidUntil
    }

    /// The earliest time at which a call may begin.
    ///
    /// A time ahead of what the rate can have led to is from a lower rate, or from a clock that was put back: it counts
    /// as a full burst.
    package func next(_ rate: RateLimit, now: Timestamp) -> Timestamp {
        let credit = Duration.microseconds(rate.interval * Int64(rate.burst - 1))
        let longest = now.advanced(by: credit + .microseconds(rate.interval))
        guard let paidUntil = paidUntil.map({ min($0, longest) }), paidUntil > now else { return now }
        return max(now, paidUntil.advanced(by: .zero - credit))
    }

    /// Notes that a call begins.
    package mutating func take(_ rate: RateLimit, now: Timestamp) {
        let longest = now.advanced(by: .microseconds(rate.interval * Int64(rate.burst)))
        let start = max(now, min(paidUntil ?? now, longest))
        paidUntil = start.advanced(by: .microseconds(rate.interval))
    }
}
