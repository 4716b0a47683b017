import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition

/// The messages that a dispatcher sends, and what it knows about them.
extension OutboxDispatcher {
    /// Messages of one step, written together.
    typealias Row = OutboxBatch

    /// The position of a message in the outbox.
    struct MessageReference: Sendable, Hashable {
        var row: Int64
        var index: Int
    }

    struct State {
        /// Which rows are on their way, and which wait in the store.
        var window: OutboxWindow
        /// The last row of an earlier process, or of an earlier opening of the store.
        var lastRecovered = Int64.min
        var ledger = OutboxLedger()
        var parking = OutboxParking()
        var settled: [Int64] = []
        var setAside: [(row: Int64, reason: String)] = []
        var retries: [Sending] = []
        /// The messages that are sent alone, one after the other.
        var suspects: [Sending] = []
        var isSendingAlone = false
        var isRetrySet = false
        /// The time to which the alarm for the next probe is set.
        var probeTime: Timestamp?
        var isSettleSet = false
        var isSilent = false
        /// Whether the processor waits for every row that can be removed.
        var isAwaited = false
    }

    /// A message on its way.
    struct Sending: Sendable {
        var reference: MessageReference
        var message: OutboxMessage
        /// The message's work item, if a worker of this process need not decode it.
        var work: CarriedWork?
        /// The number of times that its fate was unknown.
        var attempt = 0

        /// The space that it takes in the window: its body, and half a kilobyte of properties.
        var size: Int { message.bodyBytes + 512 }
    }
}
