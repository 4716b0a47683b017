/// Names a delivery on one channel's lifetime.
package struct DeliveryTag: Sendable, Hashable {
    /// Which channel lifetime of the subscription.
    package var channel: UInt64
    package var number: UInt64

    package init(channel: UInt64 = 0, number: UInt64 = 0) {
        self.channel = channel
        self.number = number
    }
}
