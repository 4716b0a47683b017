import AMQPMessages
import WarrenMessaging

/// What to publish, how much of it at once, and what is to come of it.
struct LoadPlan: Sendable {
    /// The first part of the correlation IDs: `<series>.<index>`.
    var series: String
    var count: Int
    var inFlight: Int
    /// The reply that ends an item.
    var status: ReplyMessage.Status = .completed
    /// Whether answers may be repeated, because hosts are lost.
    var mayRepeat = false
    /// Grows while items that take long are still under way; otherwise they count as stuck.
    var lifeSign: Counter?
    /// The message of an item.
    var message: @Sendable (Int) -> OutboundMessage
    /// The body of the reply to an item; `nil` for any.
    var body: @Sendable (Int) -> [UInt8]?
}
