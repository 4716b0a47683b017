import AMQPMessages

/// One call of `publish` with outcomes that are not all known yet.
struct BrokerPublish {
    typealias Completion = @Sendable ([PublishOutcome]) -> Void

    let completion: Completion
    var outcomes: [PublishOutcome]
    /// The number of consumers that have yet to acknowledge each message.
    var open: [Int32]
    /// The number of messages that are not settled.
    var unsettled = 0

    init(count: Int, completion: @escaping Completion) {
        self.completion = completion
        outcomes = Array(repeating: .confirmed, count: count)
        open = Array(repeating: 0, count: count)
    }
}
