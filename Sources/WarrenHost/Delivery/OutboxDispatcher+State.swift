import Warren
import WarrenMessaging
import WarrenPartition

/// What a dispatcher sends, and what it knows of that.
extension OutboxDispatcher {
    /// Messages of one step, written together.
    typealias Row = OutboxBatch

    /// Which message of the outbox.
    struct MessageReference: Sendable, Hashable {
        var row: Int64
        var index: Int
    }

    struct State {
        /// Which rows are on their way, and which wait in the store.
        var window: OutboxWindow
        var ledger = OutboxLedger()
        var parking = OutboxParking()
        var settled: [Int64] = []
        var setAside: [(row: Int64, reason: String)] = []
        var retries: [Sending] = []
        /// What is sent alone, one after the other.
        var suspects: [Sending] = []
        var isSendingAlone = false
        var isRetrySet = false
        /// What the alarm for the next probe is set to.
        var probeTime: Timestamp?
        var isSettleSet = false
        var isSilent = false
        /// Whether the processor waits for every row that can go.
        var isAwaited = false
    }

    /// A message on its way.
    struct Sending: Sendable {
        var reference: MessageReference
        var message: OutboundMessage
        /// How often its fate was unknown.
        var attempt = 0

        /// What it takes up in the window: its body, and half a kilobyte of properties.
        var size: Int { message.body.count + 512 }
    }
}
