import Testing

@testable import AMQP

@Suite("The outbound buffer")
struct OutboundBufferTests {
    @Test("Whatever is written, taken back and sent, the bytes come out once and in order")
    func againstModel() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let buffer = OutboundBuffer(capacity: 64)
            var model: [UInt8] = []
            var next: UInt8 = 0
            func write() {
                // Room for more than is written, as an encoder asks for.
                let count = Int.random(in: 0...90, using: &generator)
                let room = buffer.reserve(count + 30)
                for index in 0..<count {
                    room.storeBytes(of: next, toByteOffset: index, as: UInt8.self)
                    model.append(next)
                    next &+= 1
                }
                buffer.commit(count)
            }
            for _ in 0..<200 {
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1: write()
                case 2:
                    let mark = buffer.mark
                    let kept = model
                    write()
                    write()
                    buffer.rollBack(to: mark)
                    model = kept
                default:
                    let count = Int.random(in: 0...buffer.count, using: &generator)
                    if count > 0 { buffer.removeFirst(count) }
                    model.removeFirst(count)
                }
                #expect(Array(buffer.bytes) == model)
            }
        }
    }

    @Test("Memory that an alarm made it take is given back")
    func shrinks() {
        let buffer = OutboundBuffer(capacity: 64)
        _ = buffer.reserve(10 << 20)
        buffer.commit(10 << 20)
        buffer.removeFirst(10 << 20)
        #expect(buffer.count == 0)
        buffer.reserve(1).storeBytes(of: 7, as: UInt8.self)
        buffer.commit(1)
        #expect(Array(buffer.bytes) == [7])
    }
}
