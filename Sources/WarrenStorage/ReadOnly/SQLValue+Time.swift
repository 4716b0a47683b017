import WarrenSupport

extension SQLValue {
    /// A time as tables show it: RFC 3339 with six digits of fraction.
    static func time(_ microseconds: Int64) -> SQLValue {
        .text(ISO8601.text(microseconds: microseconds, fractionDigits: 6))
    }
}
