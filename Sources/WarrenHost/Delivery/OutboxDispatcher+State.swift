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

    /// A message on its way. It refers to its row: a message is a large value, and copies of it cost more than all else that
    /// is done with it here.
    struct Sending: Sendable {
        let reference: MessageReference
        private let row: Row
        private let position: Int
        /// The number of times that its fate was unknown.
        var attempt = 0

        /// A message of a row.
        init(_ index: Int, of row: Row) {
            reference = MessageReference(row: row.id, index: index)
            self.row = row
            position = index
        }

        /// A message in place of the one that a reference stands for.
        init(_ message: OutboxMessage, for reference: MessageReference) {
            self.reference = reference
            row = Row(id: reference.row, messages: [message])
            position = 0
        }

        var message: OutboxMessage { _read { yield row.messages[position] } }

        /// The message's work item, if a worker of this process need not decode it.
        var work: CarriedWork? { row.work.isEmpty ? nil : row.work[position] }

        /// The space that it takes in the window: its body, and half a kilobyte of properties.
        var size: Int { Self.size(of: message) }

        /// The space that a message takes in the window.
        static func size(of message: OutboxMessage) -> Int { message.bodyBytes + 512 }
    }
}

extension OutboxBatch {
    /// The space that the row takes in the window.
    var size: OutboxWindow.Size {
        OutboxWindow.Size(
            id: id, messages: messages.count,
            bytes: messages.reduce(0) { $0 + OutboxDispatcher.Sending.size(of: $1) })
    }
}
