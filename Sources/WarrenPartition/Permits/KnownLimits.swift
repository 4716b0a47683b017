package import Warren
import WarrenMessaging

/// What a partition knows of the limits of an activity. Every partition has the same, so that the partition of a caller
/// knows that the call needs a permit.
package struct KnownLimits: Sendable, Hashable {
    package var activity: String
    /// What the code of a host says.
    package var code: ActivityLimits?
    /// What an operator chose; it counts instead.
    package var operators: ActivityLimits?
    /// Where the permits are given out: the time at which the calls that have begun are paid for; see ``RateBucket``.
    package var paidUntil: Timestamp?

    /// The limits that count; `nil` for none.
    package var limits: ActivityLimits? { operators ?? code }

    package init(
        activity: String, code: ActivityLimits? = nil, operators: ActivityLimits? = nil, paidUntil: Timestamp? = nil
    ) {
        self.activity = activity
        self.code = code
        self.operators = operators
        self.paidUntil = paidUntil
    }

    /// The limits as one line of JSON.
    var json: String {
        KnownLimitsCodec(code: code, operators: operators, paidUntil: paidUntil?.microseconds).json
    }

    /// - Returns: `nil` for a text that is none of ours.
    init?(activity: String, json: String) {
        guard let read = KnownLimitsCodec(json: json) else { return nil }
        self.init(
            activity: activity, code: read.code, operators: read.operators,
            paidUntil: read.paidUntil.map { Timestamp(microseconds: $0) })
    }
}
