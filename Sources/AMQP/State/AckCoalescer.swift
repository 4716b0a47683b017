/// Turns acknowledgements in any order into few `basic.ack`s: one `multiple` for the contiguous run at the bottom,
/// single ones above holes.
///
/// Delivery tags of a channel count from 1. `settledThrough` is the highest tag below which nothing is open; tags above
/// a hole wait in two small sets, bounded by the channel's prefetch. Acknowledging a tag twice is ignored: the broker
/// would close the channel for it.
struct AckCoalescer {
    /// One `basic.ack` to send.
    struct Ack: Equatable {
        var tag: UInt64
        var multiple: Bool
    }

    private(set) var highestDelivered: UInt64 = 0
    private var settledThrough: UInt64 = 0
    private var runEnd: UInt64 = 0
    private var runCount = 0
    private var above: Set<UInt64> = []
    private var aboveSent: Set<UInt64> = []

    var hasPending: Bool { runCount > 0 || !above.isEmpty }

    /// Records a delivery. Those of a consumer without acknowledgements are settled from the start.
    mutating func delivered(_ tag: UInt64, isSettled: Bool) {
        highestDelivered = max(highestDelivered, tag)
        if isSettled { settle(tag) }
    }

    /// Records an acknowledgement; returns whether the tag was open.
    @discardableResult
    mutating func acknowledge(_ tag: UInt64) -> Bool {
        guard isOpen(tag) else { return false }
        if tag == settledThrough + 1 {
            advance(to: tag, isAck: true)
            absorb()
        } else {
            above.insert(tag)
        }
        return true
    }

    /// Records that a tag was settled without a `basic.ack`; returns whether it was open.
    @discardableResult
    mutating func settle(_ tag: UInt64) -> Bool {
        guard isOpen(tag) else { return false }
        if tag == settledThrough + 1 {
            advance(to: tag, isAck: false)
            absorb()
        } else {
            aboveSent.insert(tag)
        }
        return true
    }

    /// Appends the acknowledgements to send now, in order.
    mutating func flush(into acks: inout [Ack]) {
        if runCount > 0 {
            acks.append(Ack(tag: runEnd, multiple: runCount > 1))
            runCount = 0
        }
        guard !above.isEmpty else { return }
        for tag in above.sorted() { acks.append(Ack(tag: tag, multiple: false)) }
        aboveSent.formUnion(above)
        above.removeAll(keepingCapacity: true)
    }

    private func isOpen(_ tag: UInt64) -> Bool {
        tag > settledThrough && tag <= highestDelivered && !above.contains(tag) && !aboveSent.contains(tag)
    }

    private mutating func advance(to tag: UInt64, isAck: Bool) {
        settledThrough = tag
        if isAck {
            runEnd = tag
            runCount += 1
        }
    }

    private mutating func absorb() {
        while !above.isEmpty || !aboveSent.isEmpty {
            let next = settledThrough + 1
            if above.remove(next) != nil {
                advance(to: next, isAck: true)
            } else if aboveSent.remove(next) != nil {
                advance(to: next, isAck: false)
            } else {
                return
            }
        }
    }
}
