#if HTTP
/// A reader's place in a feed, which is given back when its response ends, or is dropped before it was written.
final class FeedPlace: Sendable {
    private let feed: LiveFeed
    private let number: Int

    init(_ feed: LiveFeed, _ number: Int) {
        self.feed = feed
        self.number = number
    }

    deinit { feed.remove(number) }

    /// Gives it back; doing so twice changes nothing.
    func leave() { feed.remove(number) }
}
#endif
