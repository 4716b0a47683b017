/// What the machine can do without Warren, measured beside a run.
struct Floor: Sendable, Codable {
    /// A transaction of one row with `synchronous=FULL`, median.
    var commitP50Ms: Double
    /// An append of 4 KiB and its flush to the disk, median.
    var fsyncP50Ms: Double
    /// One persistent message at a time from publish to consumer, median. In-process: the transport's own.
    var hopP50Ms: Double
    /// Messages published and consumed per second with 1000 under way.
    var brokerMessagesPerSecond: Double

    /// The least time for something that takes so many commits and hops one after the other.
    func milliseconds(commits: Int, hops: Int) -> Double {
        Double(commits) * commitP50Ms + Double(hops) * hopP50Ms
    }

    /// The share of the broker's rate that so many messages per second are.
    func use(messagesPerSecond: Double) -> Double {
        brokerMessagesPerSecond > 0 ? messagesPerSecond / brokerMessagesPerSecond : 0
    }
}
