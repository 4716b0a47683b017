import Testing

@testable import WarrenMessaging

/// Who waits for an instance's end, as it is stored.
@Suite struct WaiterCodecTests {
    @Test func `addresses come back as they were, whatever bytes they have`() {
        let texts = [
            "", "\0", "a\0completed\0orders.activity.charge\0b", "\u{1}", "ä🦊", String(repeating: "x", count: 255),
        ]
        var waiters: [ReplyAddress] = []
        for text in texts {
            for mode in [ReplyAddress.Mode.completed, .accepted, .both, .none] {
                waiters.append(ReplyAddress(queue: "reply.\(text)", correlationID: text, mode: mode))
            }
        }
        #expect(WaiterCodec.decode(WaiterCodec.encode(waiters)) == waiters)
        #expect(WaiterCodec.encode([]) == [])
        #expect(WaiterCodec.decode([]) == [])
        for waiter in waiters { #expect(WaiterCodec.decode(WaiterCodec.encode([waiter])) == [waiter]) }
    }

    @Test func `rows of the first version can be read for ever`() {
        let row = Array("reply.web\0c-1\0both\0amq.gen-x\0\0completed\0".utf8)
        #expect(
            WaiterCodec.decode(row) == [
                ReplyAddress(queue: "reply.web", correlationID: "c-1", mode: .both),
                ReplyAddress(queue: "amq.gen-x", correlationID: "", mode: .completed),
            ])
    }

    @Test func `bytes cut anywhere give what can be read of them`() {
        let waiters = (0..<3).map { ReplyAddress(queue: "reply.\($0)", correlationID: "c", mode: .both) }
        let row = WaiterCodec.encode(waiters)
        let former = Array("reply.0\0c\0both\0reply.1\0c\0both\0reply.2\0c\0both\0".utf8)
        for bytes in [row, former] {
            for length in 0..<bytes.count {
                let read = WaiterCodec.decode(Array(bytes.prefix(length)))
                #expect(Array(waiters.prefix(read.count)) == read)
            }
            #expect(WaiterCodec.decode(bytes) == waiters)
        }
    }
}
