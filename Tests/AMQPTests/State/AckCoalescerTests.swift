import Testing

@testable import AMQP

@Suite("Coalescing acknowledgements")
struct AckCoalescerTests {
    private func coalescer(delivered count: UInt64) -> AckCoalescer {
        var coalescer = AckCoalescer()
        for tag in 0..<count { coalescer.delivered(tag + 1, isSettled: false) }
        return coalescer
    }

    private func flush(_ coalescer: inout AckCoalescer) -> [AckCoalescer.Ack] {
        var acks: [AckCoalescer.Ack] = []
        coalescer.flush(into: &acks)
        return acks
    }

    @Test("A run from the bottom becomes one multiple ack, whatever the order")
    func run() {
        var coalescer = coalescer(delivered: 5)
        for tag: UInt64 in [3, 1, 5, 2, 4] { coalescer.acknowledge(tag) }
        #expect(flush(&coalescer) == [.init(tag: 5, multiple: true)])
        #expect(!coalescer.hasPending)
        #expect(flush(&coalescer).isEmpty)
    }

    @Test("Tags above a hole are acked singly, and the hole's filling does not repeat them")
    func hole() {
        var coalescer = coalescer(delivered: 6)
        for tag: UInt64 in [1, 3, 4] { coalescer.acknowledge(tag) }
        #expect(
            flush(&coalescer) == [
                .init(tag: 1, multiple: false), .init(tag: 3, multiple: false), .init(tag: 4, multiple: false),
            ])
        coalescer.acknowledge(2)
        // Through 4 everything is settled, but 4 was acked before: the ack must name a tag that is still open.
        #expect(flush(&coalescer) == [.init(tag: 2, multiple: false)])
        coalescer.acknowledge(5)
        coalescer.acknowledge(6)
        #expect(flush(&coalescer) == [.init(tag: 6, multiple: true)])
    }

    @Test("A tag acked twice, settled before, or never delivered is ignored")
    func unknownTags() {
        var coalescer = coalescer(delivered: 3)
        #expect(coalescer.acknowledge(2) == true)
        #expect(coalescer.acknowledge(2) == false)
        #expect(coalescer.acknowledge(4) == false)
        #expect(coalescer.acknowledge(0) == false)
        #expect(coalescer.settle(1) == true)
        #expect(coalescer.settle(1) == false)
        #expect(coalescer.acknowledge(1) == false)
        #expect(flush(&coalescer) == [.init(tag: 2, multiple: false)])
    }

    @Test("Deliveries without acknowledgements leave no hole")
    func noAck() {
        var coalescer = AckCoalescer()
        coalescer.delivered(1, isSettled: false)
        coalescer.delivered(2, isSettled: true)
        coalescer.delivered(3, isSettled: false)
        for tag: UInt64 in [1, 3] { coalescer.acknowledge(tag) }
        #expect(flush(&coalescer) == [.init(tag: 3, multiple: true)])
    }

    @Test("Any order of acks, other settlements and flushes settles at the broker exactly what was settled here")
    func againstModel() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let count = UInt64.random(in: 1...60, using: &generator)
            var coalescer = AckCoalescer()
            var open = Set<UInt64>()
            var acked = Set<UInt64>()
            func apply(_ acks: [AckCoalescer.Ack]) {
                for ack in acks {
                    // RabbitMQ closes the channel for an ack whose tag is not open.
                    #expect(open.contains(ack.tag), "\(ack)")
                    let settled = open.filter { ack.multiple ? $0 <= ack.tag : $0 == ack.tag }
                    #expect(settled.isSubset(of: acked))
                    open.subtract(settled)
                }
            }
            var order = (1...count).map { $0 }
            order.shuffle(using: &generator)
            for tag in 1...count {
                coalescer.delivered(tag, isSettled: false)
                open.insert(tag)
            }
            for tag in order {
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    apply(flush(&coalescer))
                    #expect(coalescer.settle(tag) == true)
                    open.remove(tag)
                } else {
                    coalescer.acknowledge(tag)
                    acked.insert(tag)
                }
                if Bool.random(using: &generator) { apply(flush(&coalescer)) }
            }
            apply(flush(&coalescer))
            #expect(open.isEmpty)
        }
    }
}
