/// Identifies a delivery within the lifetime of one channel.
package struct DeliveryTag: Sendable, Hashable {
    /// The number of the channel's lifetime within the subscription.
    package var channel: UInt64
    package var number: UInt64

    package init(channel: UInt64 = 0, number: UInt64 = 0) {
        self.channel = channel
        self.number = number
    }
}
