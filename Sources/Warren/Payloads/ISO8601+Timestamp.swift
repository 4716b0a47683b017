package import WarrenSupport

extension ISO8601 {
    /// The text of a time, in UTC, with as many digits of fraction as needed, up to six.
    package static func text(_ timestamp: Timestamp) -> String { text(microseconds: timestamp.microseconds) }

    /// The text of a time with a fixed number of digits of fraction, 1 to 7.
    package static func text(_ timestamp: Timestamp, fractionDigits: Int) -> String {
        text(microseconds: timestamp.microseconds, fractionDigits: fractionDigits)
    }

    /// The text of a time, rounded down to the second.
    package static func text(secondOf timestamp: Timestamp) -> String { text(secondOf: timestamp.microseconds) }

    /// Parses a time; `nil` if the text is none, or if the time is beyond the range of a timestamp.
    package static func timestamp(_ text: String) -> Timestamp? {
        microseconds(text).map { Timestamp(microseconds: $0) }
    }
}
