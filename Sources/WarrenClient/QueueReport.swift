/// What the broker says about one of a hub's queues.
package struct QueueReport: Sendable, Hashable {
    /// Its name.
    package let queue: String
    /// Messages that wait in it, not counting those that a consumer has fetched and not acknowledged.
    package let messages: Int
    /// How many consume it; `nil` when that is not known.
    package let consumers: Int?
}
