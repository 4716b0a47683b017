/// Identifies a delivery. It is valid only on the channel of the delivery.
public struct DeliveryTag: Sendable, Hashable {
    /// The number of the channel; a channel that replaces another one has a number of its own.
    public var channel: UInt64
    /// The number of the delivery, counted over the life of the channel.
    public var number: UInt64

    /// The tag of a delivery.
    public init(channel: UInt64 = 0, number: UInt64 = 0) {
        self.channel = channel
        self.number = number
    }
}
