import AMQPMessages
import Testing
import WarrenMessaging

@Suite("What the outcome of a publish means for its sender")
struct PublishOutcomeTests {
    @Test(
        "Every outcome has one meaning, and codes of the broker decide only where it names one",
        arguments: [
            (.confirmed, .confirmed),
            (.refused, .full),
            (.unknown(reason: "gone"), .unknown(reason: "gone")),
            (.tooLarge(bytes: 9, limit: 8), .tooLarge(bytes: 9, limit: 8)),
            // Nothing was sent: reported like a frame that the broker cannot read.
            (.invalid(reason: "a key of 300 bytes"), .invalid(code: 501, text: "a key of 300 bytes")),
            (.returned(code: 312, text: "NO_ROUTE"), .missing(code: 312, text: "NO_ROUTE")),
            (.returned(code: 404, text: "NOT_FOUND"), .missing(code: 404, text: "NOT_FOUND")),
            (.rejected(code: 404, text: "NOT_FOUND"), .missing(code: 404, text: "NOT_FOUND")),
            (.rejected(code: 403, text: "ACCESS_REFUSED"), .denied(text: "ACCESS_REFUSED")),
            (.rejected(code: 406, text: "user_id"), .invalid(code: 406, text: "user_id")),
        ] as [(PublishOutcome, PublishOutcome.Verdict)])
    func verdict(outcome: PublishOutcome, meaning: PublishOutcome.Verdict) {
        #expect(outcome.verdict == meaning)
    }
}
