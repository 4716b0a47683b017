/// A failure as data: it travels in messages, is stored in history and is shown to people.
///
/// A function can also throw it, to word its failure itself:
///
/// ```swift
/// throw try FailureDetails(
///     type: "CardDeclined", message: "The bank declined the card.", carrying: Decline(code: 51), isNonRetriable: true)
/// ```
public struct FailureDetails: Sendable, Hashable, Codable {
    /// The type of the error, for example `PaymentDeclined`. Never empty.
    public var type: String
    /// The description of the failure.
    public var message: String
    /// The place of the failure, as text, if known.
    public var stack: String?
    /// Data of the function that failed, as JSON, for the code that catches the failure. At the most 64 KiB.
    public var details: Payload?
    /// The failures that caused this one, outermost first by nesting.
    public var inner: [FailureDetails]
    /// Whether another attempt is pointless. A retry policy stops at once on such a failure.
    public var isNonRetriable: Bool

    /// A failure.
    public init(
        type: String, message: String, stack: String? = nil, details: Payload? = nil, inner: [FailureDetails] = [],
        isNonRetriable: Bool = false
    ) {
        self.type = type
        self.message = message
        self.stack = stack
        self.details = details
        self.inner = inner
        self.isNonRetriable = isNonRetriable
    }
}
