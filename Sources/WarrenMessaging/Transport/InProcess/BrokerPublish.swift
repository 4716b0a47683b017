/// One call of `publish` whose outcomes are not all known yet.
struct BrokerPublish {
    typealias Completion = @Sendable ([PublishOutcome]) -> Void

    let completion: Completion
    var outcomes: [PublishOutcome]
    /// How many consumers have yet to acknowledge each message.
    var open: [Int32]
    /// How many messages are not settled.
    var unsettled = 0

    init(count: Int, completion: @escaping Completion) {
        self.completion = completion
        outcomes = Array(repeating: .confirmed, count: count)
        open = Array(repeating: 0, count: count)
    }
}
